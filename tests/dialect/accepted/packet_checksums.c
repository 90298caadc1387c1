// Checksums that follow a change, also inside of a macro: the size of the new value says how much of the packet changed.
// load both tc
// calls l3_csum_replace 1
// calls l4_csum_replace 2
#include <bcc/proto.h>
#define PORT(tcp, old, new) incr_cksum_l4(&(tcp)->cksum, old, new, 0)
int both(struct __sk_buff *skb) {
  struct ip_t *ip = (struct ip_t *)14;
  struct tcp_t *tcp = (struct tcp_t *)34;
  u32 old = ip->dst, new = 0x01020304;
  u16 old_port = tcp->dst_port, new_port = 80;
  incr_cksum_l3(&ip->hchecksum, old, new);
  incr_cksum_l4(&tcp->cksum, old, new, 1);
  return PORT(tcp, old_port, new_port);
}
