// The kernel's full name of a system call's function.
// program kprobe____x64_sys_openat hook kprobe:__x64_sys_openat auto
// calls probe_read 1
int kprobe____x64_sys_openat(struct pt_regs *ctx, int dfd) { return dfd; }
