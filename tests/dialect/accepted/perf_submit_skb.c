// perf_submit_skb sends part of the packet after the program's own data.
// event events struct meta_t {len}
// load filter socket_filter
struct meta_t { u32 len; };
BPF_PERF_OUTPUT(events);
int filter(struct __sk_buff *skb) {
  struct meta_t meta = {.len = skb->len};
  events.perf_submit_skb(skb, 64, &meta, sizeof(meta));
  return 0;
}
