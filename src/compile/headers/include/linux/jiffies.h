// Times in ticks of the kernel's clock. For the running kernel HZ is known (Target::constant); an object for any
// kernel asks the one that it is loaded on.
#pragma once

#if !defined(CONFIG_HZ) && !defined(HZ)
extern unsigned int CONFIG_HZ __attribute__((section(".kconfig")));
#define CONFIG_HZ CONFIG_HZ
#define HZ CONFIG_HZ
#endif

#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)
#define time_after64(a, b) ((s64)((b) - (a)) < 0)
#define time_before64(a, b) time_after64(b, a)
#define MAX_JIFFY_OFFSET ((unsigned long)(LONG_MAX >> 1) - 1)
#define get_jiffies_64() ((u64)bpf_jiffies64())
#define time_in_range(a, b, c) (time_after_eq(a, b) && time_before_eq(a, c))
#define time_is_before_jiffies(a) time_after((unsigned long)bpf_jiffies64(), a)
#define time_is_after_jiffies(a) time_before((unsigned long)bpf_jiffies64(), a)
#define jiffies_to_msecs(j) ((unsigned int)((u64)(j) * 1000 / HZ))
#define jiffies_to_usecs(j) ((unsigned int)((u64)(j) * 1000000 / HZ))
#define jiffies_to_nsecs(j) ((u64)(j) * (1000000000U / HZ))
#define jiffies64_to_msecs(j) ((u64)(j) * 1000 / HZ)
#define jiffies64_to_nsecs(j) ((u64)(j) * 1000000000 / HZ)
#define jiffies_to_clock_t(j) ((clock_t)((u64)(j) * USER_HZ / HZ))
#define msecs_to_jiffies(m) \
  ({ unsigned int m_ = (m); (int)m_ < 0 ? MAX_JIFFY_OFFSET : (unsigned long)(((u64)m_ * HZ + 999) / 1000); })
#define usecs_to_jiffies(u) ((unsigned long)(((u64)(unsigned int)(u) * HZ + 999999) / 1000000))
#define nsecs_to_jiffies64(n) ((u64)(n) / (1000000000U / HZ))
#define nsecs_to_jiffies(n) ((unsigned long)nsecs_to_jiffies64(n))
