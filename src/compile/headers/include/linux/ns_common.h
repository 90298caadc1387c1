// What programs that name this header want is in linux/atomic.h.
#pragma once

#include <linux/atomic.h>
