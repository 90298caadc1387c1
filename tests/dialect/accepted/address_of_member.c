// & of a member is an address, without a read; of a member behind two arrows one read.
// calls probe_read 1
int program(struct pt_regs *ctx, struct file *file) {
  const void *direct = &file->f_path, *behind = &file->f_inode->i_ino;
  return (u64)direct + (u64)behind;
}
