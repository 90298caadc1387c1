// -D and -U from the driver.
// cflags -DPID=123 -DNAME="x" -DFILTER(p)=(p==PID) -DGONE -UGONE
int program(struct pt_regs *ctx) {
#ifdef GONE
#error "GONE is still here"
#endif
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  return FILTER(pid);
}
