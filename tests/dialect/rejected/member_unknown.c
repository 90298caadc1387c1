// A member that the kernel's struct does not have.
// error 5:16: no member named 'f_nosuch' in 'struct file'
// hint: fields come and go with kernels; this one is {release}. BPF.kernel_struct_has_field("file", "f_nosuch") asks before compiling
int kprobe__vfs_read(struct pt_regs *ctx, struct file *file) {
  return file->f_nosuch;
}
