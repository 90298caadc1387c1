// A map that nobody declares.
// error 6:3: use of undeclared identifier 'strat'
// hint: 'strat' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dstrat=…"]
int program(struct pt_regs *ctx) {
  u32 pid = 1;
  strat.update(&pid, &pid);
  return 0;
}
