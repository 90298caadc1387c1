// A header is no memory.
// error 8:22: a packet's field is read and written as an integer of at most 64 bits; this is 'struct ip_t'
// error 9:31: a packet's field is read and written as an integer of at most 64 bits; this is 'unsigned __int128'
#include <bcc/proto.h>
struct wide { unsigned __int128 address; } BPF_PACKET_HEADER;
int copied(struct __sk_buff *skb) {
  struct ip_t *ip = 0;
  struct ip_t copy = *ip;
  return ((struct wide *)14)->address == copy.ttl;
}
