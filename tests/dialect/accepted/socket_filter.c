// A program of networking reads packets by offset; nothing is probe-read.
// load filter socket_filter
// no probe_read
#include <bcc/proto.h>
int filter(struct __sk_buff *skb) {
  u8 *cursor = 0;
  struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
  u64 protocol = load_half(skb, 12);
  return protocol == ETH_P_IP && load_byte(skb, 23) == IPPROTO_TCP ? -1 : 0;
}
