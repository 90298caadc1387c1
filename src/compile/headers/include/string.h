// The C library's name for linux/string.h; memcpy and its like are in every program.
#pragma once

#include <linux/string.h>
