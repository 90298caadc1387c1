// In linux/unaligned.h.
#pragma once

#include <linux/unaligned.h>
