// In a macro of the program: the place of its use, and where it is defined.
// error 7:10: no member named 'f_nosuch' in 'struct file'
// note 5:29: expanded from macro 'READ'
// hint: fields come and go with kernels; this one is {release}. BPF.kernel_struct_has_field("file", "f_nosuch") asks before compiling
#define READ(file) ((file)->f_nosuch)
int kprobe__vfs_read(struct pt_regs *ctx, struct file *file) {
  return READ(file);
}
