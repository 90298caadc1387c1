// The return value of a system call.
// tracepoint syscalls:sys_exit_openat ret
TRACEPOINT_PROBE(syscalls, sys_exit_openat) {
  int error = args->ret;
  return args->ret < 0 ? -error : 0;
}
