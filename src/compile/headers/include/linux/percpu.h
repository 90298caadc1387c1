// In linux/percpu-defs.h.
#pragma once

#include <linux/percpu-defs.h>


