// An XDP program reads its packet directly.
// load pass xdp
// no probe_read
int pass(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  struct ethhdr *ethernet = data;
  if (data + sizeof(*ethernet) > end) return XDP_DROP;
  return ethernet->h_proto == htons(ETH_P_IP) ? XDP_PASS : XDP_ABORTED;
}
