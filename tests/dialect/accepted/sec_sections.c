// libbpf's sections and where they say a program goes.
// needs fentry
// program a hook tracepoint:sched:sched_switch auto
// program b hook raw_tracepoint:sched_switch auto
// program c hook fentry:vmlinux:vfs_read auto
// program d hook fexit:vmlinux:vfs_read auto
// program f hook xdp
// program g hook perf_event
// program h hook kprobe
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
SEC("tp/sched/sched_switch") int a(void *ctx) { return 0; }
SEC("raw_tp/sched_switch") int b(struct bpf_raw_tracepoint_args *ctx) { return 0; }
SEC("fentry/vfs_read") int BPF_PROG(c, struct file *file) { return 0; }
SEC("fexit/vfs_read") int BPF_PROG(d, struct file *file, char *b, size_t n, loff_t *p, ssize_t ret) { return 0; }
SEC("xdp") int f(struct xdp_md *ctx) { return XDP_PASS; }
SEC("perf_event") int g(struct bpf_perf_event_data *ctx) { return 0; }
SEC("kprobe") int h(struct pt_regs *ctx) { return 0; }
char LICENSE[] SEC("license") = "GPL";
