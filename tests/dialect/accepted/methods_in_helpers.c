// Maps used from static helpers, through typeof of their leaf, and with casts.
struct leaf_t { u64 count, bytes; };
BPF_HASH(stats, u32, struct leaf_t);
static void add(u32 key, u64 bytes) {
  typeof(stats.leaf) zero = {}, *leaf = stats.lookup_or_try_init(&key, &zero);
  if (!leaf) return;
  leaf->count++;
  __sync_fetch_and_add(&leaf->bytes, bytes);
}
int program(struct pt_regs *ctx, struct file *file, char *buffer, size_t count) {
  add(bpf_get_current_pid_tgid() >> 32, count);
  add((u32)(u64)file, 1);
  return 0;
}
