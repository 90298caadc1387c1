// The same with a row in place of a trace line, by the perf buffer, as bpftrace's printf does it.
struct hit { char what[4]; };
BPF_PERF_OUTPUT(hits);
TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {
  struct hit hit = {"hit"};
  return hits.perf_submit(args, &hit, sizeof(hit));
}
