// VLAN tags.
#pragma once

#include <linux/etherdevice.h>

#define vlan_eth_hdr(skb) ((struct vlan_ethhdr *)skb_mac_header(skb))
#define skb_vlan_tag_get(skb) ((skb)->vlan_tci)
#define skb_vlan_tag_get_id(skb) ((skb)->vlan_tci & 0x0fff)
#define skb_vlan_tag_get_prio(skb) (((skb)->vlan_tci & 0xe000) >> 13)
