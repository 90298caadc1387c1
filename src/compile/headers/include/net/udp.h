// UDP.
#pragma once

#include <linux/udp.h>

#define UDP_SKB_CB(skb) ((struct udp_skb_cb *)((skb)->cb))
