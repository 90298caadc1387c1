// A static noinline function stays a function; what it reads through its parameter is probe-read.
// program program hook none
static __attribute__((noinline)) int flags_of(struct file *file, int bit) {
  return file ? file->f_flags & (1 << (bit & 7)) : 0;
}
int program(struct pt_regs *ctx, struct file *file) { return flags_of(file, 1) + flags_of(file, ctx->si); }
