// The header of ICMP.
#pragma once

#include <linux/skbuff.h>

#define icmp_hdr(skb) ((struct icmphdr *)skb_transport_header(skb))
#define icmp6_hdr(skb) ((struct icmp6hdr *)skb_transport_header(skb))
