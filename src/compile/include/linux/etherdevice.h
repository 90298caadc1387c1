// Ethernet addresses.
#pragma once

#include <linux/if_ether.h>
#include <linux/netdevice.h>

#define is_multicast_ether_addr(addr) ((((const u8 *)(addr))[0] & 1) != 0)
#define is_broadcast_ether_addr(addr) \
  ((((const u16 *)(addr))[0] & ((const u16 *)(addr))[1] & ((const u16 *)(addr))[2]) == 0xffff)
