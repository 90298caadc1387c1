// Network devices.
#pragma once

#include <net/net_namespace.h>

#define dev_net(dev) read_pnet(&(dev)->nd_net)
