// IPv4.
#pragma once

#include <linux/ip.h>
#include <net/inet_sock.h>

#define IPCB(skb) ((struct inet_skb_parm *)((skb)->cb))
#define ip_hdrlen(skb) (ip_hdr(skb)->ihl * 4)
#define ip_is_fragment(iph) (((iph)->frag_off & htons(0x3fff)) != 0)
