// What kernel headers say about a packet's queue, on a copy of it and on the packet itself.
// calls probe_read 2
#include <linux/netdevice.h>
int program(struct pt_regs *ctx, struct sk_buff *packet) {
  struct sk_buff copy;
  bpf_probe_read(&copy, sizeof(copy), packet);
  u16 queue = skb_rx_queue_recorded(&copy) ? skb_get_rx_queue(&copy) : 0;
  return queue + skb_get_queue_mapping(packet);
}
