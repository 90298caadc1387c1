// UDP: its sockets and its header.
#pragma once

#include <linux/skbuff.h>
#include <net/inet_sock.h>

#define udp_sk(sk) ((struct udp_sock *)(sk))
#define udp_hdr(skb) ((struct udphdr *)skb_transport_header(skb))
#define inner_udp_hdr(skb) ((struct udphdr *)skb_inner_transport_header(skb))
