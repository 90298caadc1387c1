// A variable of such a struct.
// error 6:24: variable has incomplete type 'struct nosuch_struct'
// hint: neither the kernel ({release}) nor its loaded modules have a struct 'nosuch_struct': another kernel may, or a module must be loaded first
// note 6:10: forward declaration of 'struct nosuch_struct'
int program(struct pt_regs *ctx) {
  struct nosuch_struct thing = {};
  return 0;
}
