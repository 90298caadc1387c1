// In linux/ptrace.h.
#pragma once

#include <linux/ptrace.h>
