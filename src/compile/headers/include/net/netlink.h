// Netlink messages.
#pragma once

#include <linux/netlink.h>
