// Network devices, and the packets that they carry.
#pragma once

#include <linux/skbuff.h>
#include <net/net_namespace.h>

#define dev_net(dev) read_pnet(&(dev)->nd_net)
