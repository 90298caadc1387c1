// The fourth parameter of a system call is in another register than a function's.
// calls probe_read 6
int syscall__mmap(struct pt_regs *ctx, unsigned long address, size_t length, int protection, int flags, int fd, off_t offset) {
  return address + length + protection + flags + fd + offset;
}
