// A program that returns nothing.
// program kprobe__vfs_read hook kprobe:vfs_read auto
void kprobe__vfs_read(struct pt_regs *ctx) {
  if (ctx->di == 0) return;
  bpf_trace_printk("%lx\n", ctx->di);
}
