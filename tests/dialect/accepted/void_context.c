// The context as void *, as in BCC's first example.
// program kprobe__vfs_read hook kprobe:vfs_read auto
// calls trace_printk 1
int kprobe__vfs_read(void *ctx) {
  bpf_trace_printk("Hello, World!\n");
  return 0;
}
