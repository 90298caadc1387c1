// Of several perf_submit on one buffer the last decides the type; casts and (void *) do not hide it.
// event events struct second_t {b}
// event cast struct first_t {a}
struct first_t { u32 a; };
struct second_t { u64 b; };
BPF_PERF_OUTPUT(events);
BPF_PERF_OUTPUT(cast);
int program(struct pt_regs *ctx) {
  struct first_t first = {1};
  struct second_t second = {2};
  events.perf_submit(ctx, &first, sizeof(first));
  events.perf_submit(ctx, &second, sizeof(second));
  cast.perf_submit(ctx, (void *)(char *)&first, sizeof(first));
  return 0;
}
