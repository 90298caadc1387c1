// The argument of a USDT probe in a program that no probe is enabled for, and in a helper function of it.
// error 5:47: no USDT probe is enabled for on_start
// error 8:3: no USDT probe is enabled for on_start
// error 9:14: no USDT probe is enabled for on_start
static int first(void *ctx, u64 *to) { return bpf_usdt_readarg(1, ctx, to); }
int on_start(struct pt_regs *ctx) {
  u64 argument = 0, failed = first(ctx, &argument);
  bpf_usdt_readarg(2, ctx, &argument);
  failed |= (bpf_usdt_readarg_p(3, ctx, &argument, 8));
  bpf_trace_printk("%llx %lld", argument, failed);
  return 0;
}
