// libbpf's style: sections, .maps, BPF_KPROBE and BPF_KRETPROBE.
// program entry hook kprobe:vfs_read auto
// program leave hook kretprobe:vfs_read auto
// map start - type 1 key 4 value 8 entries 1024
// license Dual BSD/GPL
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1024);
  __type(key, u32);
  __type(value, u64);
} start SEC(".maps");
SEC("kprobe/vfs_read")
int BPF_KPROBE(entry, struct file *file, char *buffer, size_t count) {
  u32 tid = (u32)bpf_get_current_pid_tgid();
  u64 now = bpf_ktime_get_ns() + count;
  bpf_map_update_elem(&start, &tid, &now, BPF_ANY);
  return 0;
}
SEC("kretprobe/vfs_read")
int BPF_KRETPROBE(leave, ssize_t ret) {
  u32 tid = (u32)bpf_get_current_pid_tgid();
  u64 *begin = bpf_map_lookup_elem(&start, &tid);
  if (!begin || ret < 0) return 0;
  bpf_printk("read %d took %llu", ret, bpf_ktime_get_ns() - *begin);
  bpf_map_delete_elem(&start, &tid);
  return 0;
}
char LICENSE[] SEC("license") = "Dual BSD/GPL";
