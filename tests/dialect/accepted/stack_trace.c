// BPF_STACK_TRACE rounds its size up to a power of two; the build-id variant has its flag.
// map stacks stacktrace type 7 key 4 value 1016 entries 1024
// map odd stacktrace type 7 key 4 value 1016 entries 16384
// map with_build_id stacktrace type 7 key 4 value 4064 entries 128 flags 32
// calls get_stackid 3
BPF_STACK_TRACE(stacks, 1024);
BPF_STACK_TRACE(odd, 10240);
BPF_STACK_TRACE_BUILDID(with_build_id, 100);
BPF_HASH(counts, int);
int program(struct pt_regs *ctx) {
  int kernel = stacks.get_stackid(ctx, 0);
  int user = odd.get_stackid(ctx, BPF_F_USER_STACK);
  int reused = stacks.get_stackid(ctx, BPF_F_REUSE_STACKID);
  if (kernel >= 0) counts.increment(kernel);
  if (user < 0 || reused == -EEXIST) return 0;
  return 0;
}
