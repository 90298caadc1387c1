// Inline functions of kernel headers.
#include <net/inet_sock.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
int program(struct pt_regs *ctx, struct sk_buff *skb, struct sock *sk) {
  struct tcphdr *tcp = tcp_hdr(skb);
  return inet_sk(sk)->inet_sport + tcp->dest + tcp_sk(sk)->srtt_us + skb_transport_offset(skb);
}
