// What programs get from this header in the kernel by way of another.
#pragma once

#include <linux/kernel.h>
