// Which memory node this is.
#pragma once

#include <linux/smp.h>

#define numa_node_id() bpf_get_numa_node_id()
