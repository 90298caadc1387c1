// A section that says no kind of program.
// error 4:1: section "kprobes/vfs_read" says no kind of program that is known; kprobe/FUNCTION, tracepoint/CATEGORY/EVENT, fentry/FUNCTION, xdp are examples
#include <bpf/bpf_helpers.h>
SEC("kprobes/vfs_read")
int program(struct pt_regs *ctx) { return 0; }
