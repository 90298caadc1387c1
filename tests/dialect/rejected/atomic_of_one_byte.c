// Atomic operations on a byte.
// error 6:10: atomic operations of BPF have 4 or 8 bytes
// hint: use a variable of 4 or 8 bytes for it: u32, u64
BPF_HASH(flags, u32, u8);
int program(struct pt_regs *ctx) { u32 zero = 0; u8 *p = flags.lookup(&zero);
  if (p) __atomic_test_and_set(p, __ATOMIC_ACQUIRE);
  return 0;
}
