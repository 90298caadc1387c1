// Variables of the kernel, and old names of members. Plain words, so no header hands them out: a program gets one when
// it uses it and declares none of that name (header_definitions.h).
#pragma once

#define current ((struct task_struct *)bpf_get_current_task())
#define jiffies ((unsigned long)bpf_jiffies64())
#define jiffies_64 ((u64)bpf_jiffies64())
#define nr_cpu_ids ((unsigned int)SONDE_ONLINE_CPUS)
#define f_dentry f_path.dentry
