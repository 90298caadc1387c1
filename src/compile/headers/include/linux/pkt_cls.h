// Verdicts of traffic control (TC_ACT_*) need no header.
#pragma once

#include <linux/pkt_sched.h>
