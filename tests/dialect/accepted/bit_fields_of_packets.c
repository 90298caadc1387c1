// Bit-fields of headers in a packet that is read directly, which portable objects relocate: no read of the kernel comes of it.
// no probe_read
// load first xdp
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
BPF_HASH(seen);
int first(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  struct iphdr *ip = data + sizeof(struct ethhdr);
  if ((void *)(ip + 1) > end || ip->version != 4 || ip->ihl != 5) return XDP_PASS;
  struct tcphdr *tcp = (void *)(ip + 1);
  if ((void *)(tcp + 1) > end) return XDP_PASS;
  seen.increment(tcp->doff * 4 + tcp->syn - tcp->ack);
  return XDP_PASS;
}
