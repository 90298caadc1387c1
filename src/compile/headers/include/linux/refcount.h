// In linux/atomic.h.
#pragma once

#include <linux/atomic.h>
