// memset of a size that only the kernel knows.
// error 6:3: A call to built-in function 'memset' is not supported.
// hint: the size is not known when compiling, or too large to be done in place: use a constant size
int program(struct pt_regs *ctx) {
  char text[64];
  memset(text, 0, ctx->di & 63);
  bpf_get_current_comm(text, 16);
  return text[20];
}
