// Ethernet addresses.
#pragma once

#include <linux/if_ether.h>
#include <linux/netdevice.h>

#define is_multicast_ether_addr(addr) ((((const u8 *)(addr))[0] & 1) != 0)
#define is_broadcast_ether_addr(addr) \
  ((((const u16 *)(addr))[0] & ((const u16 *)(addr))[1] & ((const u16 *)(addr))[2]) == 0xffff)
#define is_zero_ether_addr(addr) \
  ((((const u16 *)(addr))[0] | ((const u16 *)(addr))[1] | ((const u16 *)(addr))[2]) == 0)
#define is_unicast_ether_addr(addr) (!is_multicast_ether_addr(addr))
#define is_local_ether_addr(addr) ((((const u8 *)(addr))[0] & 2) != 0)
#define is_valid_ether_addr(addr) (!is_multicast_ether_addr(addr) && !is_zero_ether_addr(addr))
#define ether_addr_equal(a, b) \
  (((const u16 *)(a))[0] == ((const u16 *)(b))[0] && ((const u16 *)(a))[1] == ((const u16 *)(b))[1] && \
   ((const u16 *)(a))[2] == ((const u16 *)(b))[2])
#define eth_proto_is_802_3(proto) ((u16)ntohs(proto) >= ETH_P_802_3_MIN)
