// A table of pointers read with an index that is known only when running.
// error 7:49: 'names' holds addresses, which a BPF program's data cannot
// hint: write the texts into the table itself, char names[][16] = {…}, or choose with switch
static const char *const names[] = {"zero", "one", "two", "three"};
int program(struct pt_regs *ctx) {
  char text[8] = {};
  bpf_probe_read_kernel_str(text, sizeof(text), names[ctx->di & 3]);
  return text[0];
}
