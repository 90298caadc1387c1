// In libbpf's style a function without a section is a subprogram, static or not.
// program entry hook kprobe:vfs_read auto
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
__noinline int twice(int a) { return a * 2 + bpf_get_prandom_u32(); }
SEC("kprobe/vfs_read") int entry(struct pt_regs *ctx) { return twice(ctx->di); }
char LICENSE[] SEC("license") = "GPL";
