// The header of Ethernet; ETH_P_* need no header.
#pragma once

#include <linux/skbuff.h>

#define eth_hdr(skb) ((struct ethhdr *)skb_mac_header(skb))
