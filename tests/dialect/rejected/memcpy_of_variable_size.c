// memcpy of a size that only the kernel knows.
// error 7:3: A call to built-in function 'memcpy' is not supported.
// hint: the size is not known when compiling, or too large to be done in place: use a constant size
int program(struct pt_regs *ctx) {
  char text[64] = {}, copy[64] = {};
  bpf_get_current_comm(text, 16);
  memcpy(copy, text, ctx->di & 63);
  return copy[3];
}
