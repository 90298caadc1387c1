// There is no packet in a kprobe.
// error 6:14: a packet's bytes are read in programs whose context is 'struct __sk_buff *'
#include <bcc/proto.h>
int kprobe__vfs_read(struct pt_regs *ctx) {
  struct ip_t *ip = (struct ip_t *)14;
  return ip->ttl;
}
