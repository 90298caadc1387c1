// Headers of the user's own, with the mark of bcc/proto.h and with the one that BCC's own mark is spelled.
// load both tc
// calls skb_store_bytes 1
// no probe_read
#include <bcc/proto.h>
struct mine { u8 kind; u32 length:24; } BPF_PACKET_HEADER;
struct older { u16 port; } __attribute__((packed)) __attribute__((deprecated("packet")));
int both(struct __sk_buff *skb) {
  void *cursor = 0;
  struct mine *a = cursor_advance(cursor, sizeof(*a));
  struct older *b = cursor_advance(cursor, sizeof(*b));
  a->length -= b->port;
  return a->kind;
}
