// In linux/blkdev.h.
#pragma once

#include <linux/blkdev.h>
