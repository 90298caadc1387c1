// A struct that neither the program nor the kernel defines.
// error 6:15: incomplete definition of type 'struct nosuch_struct'
// hint: neither the kernel ({release}) nor its loaded modules have a struct 'nosuch_struct': another kernel may, or a module must be loaded first
// note 5:50: forward declaration of 'struct nosuch_struct'
int kprobe__vfs_read(struct pt_regs *ctx, struct nosuch_struct *thing) {
  return thing->member;
}
