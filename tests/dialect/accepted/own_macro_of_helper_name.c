// A program that defines what later headers have as well.
#define MAX_ENTRIES 16
#define container_of(p, T, m) ((T *)((char *)(p) - __builtin_offsetof(T, m)))
#ifndef AF_INET
#define AF_INET 2
#endif
struct outer_t { u32 a; u32 b; };
BPF_ARRAY(slots, struct outer_t, MAX_ENTRIES);
int program(struct pt_regs *ctx) {
  int zero = 0;
  struct outer_t *outer = slots.lookup(&zero);
  if (!outer) return 0;
  u32 *b = &outer->b;
  return container_of(b, struct outer_t, b)->a + AF_INET;
}
