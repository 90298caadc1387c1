// An atomic operation that BPF lacks.
// warning 7:40: the semantics of this intrinsic changed with GCC version 4.4 - the newer semantics are provided here [-Wsync-fetch-and-nand-semantics-changed]
// error 7:14: BPF has no atomic 'nand'
// hint: try __sync_val_compare_and_swap() in a loop with a constant bound
BPF_HASH(counts, u32, u64);
int program(struct pt_regs *ctx) { u32 zero = 0; u64 *p = counts.lookup(&zero);
  return p ? __sync_fetch_and_nand(p, 4) : 0;
}
