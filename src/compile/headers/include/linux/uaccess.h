// Copying from user space and from memory that may not be there.
#pragma once

#include <linux/sched.h>

// These copy, as their helpers do: each gives how many bytes are left, or below 0, as the kernel's function does.
#define copy_from_user(to, from, size) \
  ({ unsigned long size_ = (size); bpf_probe_read_user(to, size_, from) ? size_ : 0; })
#define __copy_from_user(to, from, size) copy_from_user(to, from, size)
#define copy_from_kernel_nofault(to, from, size) bpf_probe_read_kernel(to, size, from)
#define copy_from_user_nofault(to, from, size) bpf_probe_read_user(to, size, from)
#define strncpy_from_kernel_nofault(to, from, count) bpf_probe_read_kernel_str(to, count, from)
#define strncpy_from_user_nofault(to, from, count) bpf_probe_read_user_str(to, count, from)
#define get_user(value, ptr) \
  ({ __typeof__(*(ptr)) user_ = 0; int failed_ = bpf_probe_read_user(&user_, sizeof(user_), ptr) ? -EFAULT : 0; \
     (value) = user_; \
     failed_; })
#define __get_user(value, ptr) get_user(value, ptr)
#define get_kernel_nofault(value, ptr) bpf_probe_read_kernel(&(value), sizeof(value), ptr)
