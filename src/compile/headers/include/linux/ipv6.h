// IPv6: its sockets and its header.
#pragma once

#include <linux/in6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#define ipv6_hdr(skb) ((struct ipv6hdr *)skb_network_header(skb))
#define inner_ipv6_hdr(skb) ((struct ipv6hdr *)skb_inner_network_header(skb))
#define IP6CB(skb) ((struct inet6_skb_parm *)((skb)->cb))
#define inet6_sk(sk) (inet_sk(sk)->pinet6)
#define ipv6_only_sock(sk) ((sk)->__sk_common.skc_ipv6only)
