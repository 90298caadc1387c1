// increment() takes the key itself, not its address.
// error 6:20: passing 'struct (unnamed struct at increment_pointer.c:5:3)' to parameter of incompatible type 'u32' (aka 'unsigned int')
BPF_HASH(counts, u32);
int program(struct pt_regs *ctx) {
  struct { u32 a; } key = {};
  counts.increment(key);
  return 0;
}
