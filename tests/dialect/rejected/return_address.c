// The address of the caller.
// error 5:15: a BPF program cannot ask for the address of its frame or caller
// hint: PT_REGS_IP(ctx), PT_REGS_RET(ctx) and PT_REGS_FP(ctx) are those of the traced function
int program(struct pt_regs *ctx) {
  return (u64)__builtin_return_address(0);
}
