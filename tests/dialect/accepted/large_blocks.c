// Filling and copying more memory than fits the stack: values of maps.
// program program hook none
// no trace_printk
struct large_t { char text[4000]; int length; char tail[3]; } __packed;
BPF_PERCPU_ARRAY(scratch, struct large_t, 2);
int program(struct pt_regs *ctx) {
  int zero = 0, one = 1;
  struct large_t *from = scratch.lookup(&zero), *to = scratch.lookup(&one);
  if (!from || !to) return 0;
  __builtin_memset(from, 0, sizeof(*from));
  from->length = bpf_probe_read_user_str(from->text, sizeof(from->text), (void *)PT_REGS_PARM1(ctx));
  *to = *from;
  if (to->length > 0 && to->length < sizeof(to->text)) to->text[to->length - 1] = 'x';
  return 0;
}
