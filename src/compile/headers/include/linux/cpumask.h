// Sets of processors.
#pragma once

#include <linux/bitops.h>

#define cpumask_bits(mask) ((mask)->bits)
#define cpumask_test_cpu(cpu, mask) test_bit((u32)(cpu), (mask)->bits)
#define nr_cpumask_bits ((unsigned int)NR_CPUS)
