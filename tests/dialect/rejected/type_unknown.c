// A type name that does not exist.
// error 6:3: use of undeclared identifier 'nosuch_t'
// hint: 'nosuch_t' is no type, enumerator or known constant of kernel {release}; a macro of a kernel header can be given with cflags=["-Dnosuch_t=…"]
// error 7:10: use of undeclared identifier 'value'; did you mean 'false'?
int program(struct pt_regs *ctx) {
  nosuch_t value = 0;
  return value;
}
