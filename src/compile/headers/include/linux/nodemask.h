// Sets of memory nodes.
#pragma once

#include <linux/bitops.h>

#define node_isset(node, mask) test_bit(node, (mask).bits)
