// A field that is a pointer is read through; one of a system call has 8 bytes.
// tracepoint syscalls:sys_enter_openat dfd filename flags
// calls probe_read_user_str 1
TRACEPOINT_PROBE(syscalls, sys_enter_openat) {
  char name[64];
  bpf_probe_read_user_str(name, sizeof(name), args->filename);
  return args->dfd + args->flags + name[0];
}
