// Nanoseconds.
#pragma once

#define ktime_to_ns(kt) ((s64)(kt))
#define ktime_sub(a, b) ((a) - (b))
#define ktime_add(a, b) ((a) + (b))
#define ktime_add_ns(kt, ns) ((kt) + (ns))
#define ktime_sub_ns(kt, ns) ((kt) - (ns))
#define ktime_get_ns() bpf_ktime_get_ns()
#define ktime_get_boottime_ns() bpf_ktime_get_boot_ns()
#define timespec64_to_ns(ts) ((s64)(ts)->tv_sec * 1000000000LL + (ts)->tv_nsec)
