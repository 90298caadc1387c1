// Registers of a sample that are smaller than a word, in a program that says so and in one on pt_regs that its driver attaches.
// load sampled perf_event
// load sampled_plain perf_event
#include <linux/ptrace.h>
BPF_HASH(counts, u32, u64);
int sampled(struct bpf_perf_event_data *ctx) {
  u32 user = user_mode(&ctx->regs), low = (u16)ctx->regs.ip;
  counts.increment(user);
  return ctx->sample_period + low;
}
int sampled_plain(struct pt_regs *ctx) {
  counts.increment(user_mode(ctx) ? 1 : 0);
  return (u8)ctx->flags;
}
