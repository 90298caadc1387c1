// In linux/bitops.h.
#pragma once

#include <linux/bitops.h>
