// A name that is no variable, enumerator or constant.
// error 5:10: use of undeclared identifier 'NO_SUCH_CONSTANT'
// hint: 'NO_SUCH_CONSTANT' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-DNO_SUCH_CONSTANT=…"]
int program(struct pt_regs *ctx) {
  return NO_SUCH_CONSTANT;
}
