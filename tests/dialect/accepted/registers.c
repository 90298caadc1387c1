// PT_REGS_ macros, as values and with & before them.
// no probe_read
int program(struct pt_regs *ctx) {
  u64 sum = PT_REGS_PARM1(ctx) + PT_REGS_PARM2(ctx) + PT_REGS_PARM3(ctx) + PT_REGS_PARM4(ctx) + PT_REGS_PARM5(ctx) +
            PT_REGS_PARM6(ctx) + PT_REGS_RC(ctx) + PT_REGS_SP(ctx) + PT_REGS_IP(ctx) + PT_REGS_FP(ctx) + PT_REGS_RET(ctx);
  unsigned long *first = &PT_REGS_PARM1(ctx);
  return sum + *first;
}
