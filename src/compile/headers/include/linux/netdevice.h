// Network devices, and the packets that they carry.
#pragma once

#include <linux/skbuff.h>
#include <net/net_namespace.h>

#define dev_net(dev) read_pnet(&(dev)->nd_net)
#define NETDEV_ALIGN 32
#define netdev_priv(dev) \
  ((void *)((char *)(dev) + \
            ((__builtin_preserve_type_info(*(struct net_device *)0, 1) + NETDEV_ALIGN - 1) & ~(NETDEV_ALIGN - 1UL))))
#define netdev_name(dev) ((dev)->name)
#define netif_running(dev) ((int)((dev)->state >> __LINK_STATE_START & 1))
#define netif_carrier_ok(dev) (!((dev)->state >> __LINK_STATE_NOCARRIER & 1))
#define netdev_get_tx_queue(dev, index) (&(dev)->_tx[index])
