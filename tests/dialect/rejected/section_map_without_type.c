// A map in libbpf's style without a type.
// error 8:3: map 'counts' has no type: add __uint(type, …)
#include <bpf/bpf_helpers.h>
struct {
  __type(key, u32);
  __type(value, u64);
  __uint(max_entries, 10);
} counts SEC(".maps");
SEC("kprobe/vfs_read")
int program(struct pt_regs *ctx) { return 0; }
