// Methods take any pointer: into structs, arrays and compound literals, const ones, and values of other maps.
BPF_HASH(first, u32, u32);
BPF_HASH(second, u32, u32);
struct both_t { u32 key, value; };
int program(struct pt_regs *ctx) {
  struct both_t both = {1, 2};
  u32 keys[2] = {3, 4};
  const u32 fixed = 5;
  first.update(&both.key, &both.value);
  first.update(&keys[1], (u32[]){7});
  first.update((u32 *)&fixed, &keys[0]);
  u32 *value = first.lookup(&both.key);
  if (value) second.update(value, value);
  return 0;
}
