// What is sent may lie in a map.
// event events struct big_t {text}
struct big_t { char text[1024]; };
BPF_PERCPU_ARRAY(scratch, struct big_t, 1);
BPF_PERF_OUTPUT(events);
int program(struct pt_regs *ctx) {
  int zero = 0;
  struct big_t *big = scratch.lookup(&zero);
  if (big) events.perf_submit(ctx, big, sizeof(*big));
  return 0;
}
