// In linux/list.h.
#pragma once

#include <linux/list.h>
