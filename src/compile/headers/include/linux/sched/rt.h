// In linux/sched/prio.h.
#pragma once

#include <linux/sched/prio.h>
