// The header of IPv4.
#pragma once

#include <linux/skbuff.h>

#define ip_hdr(skb) ((struct iphdr *)skb_network_header(skb))
#define inner_ip_hdr(skb) ((struct iphdr *)skb_inner_network_header(skb))
#define ipip_hdr(skb) ((struct iphdr *)skb_transport_header(skb))
