// What lies on the stack, in maps and in constants is read directly.
// no probe_read
struct data_t { u32 numbers[8]; };
BPF_ARRAY(stored, struct data_t, 1);
static u32 third(struct data_t *data) { return data->numbers[3]; }
int program(struct pt_regs *ctx) {
  int zero = 0;
  struct data_t own = {{1, 2, 3, 4}}, *kept = stored.lookup(&zero);
  if (!kept) return 0;
  struct data_t *either = ctx->di & 1 ? kept : stored.lookup(&zero);
  return third(&own) + third(kept) + (either ? either->numbers[ctx->si & 7] : 0);
}
