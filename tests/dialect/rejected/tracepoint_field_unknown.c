// A field that the tracepoint does not have.
// error 4:16: no member named 'prev_pidd' in 'struct tracepoint__sched__sched_switch'; did you mean 'prev_pid'?
TRACEPOINT_PROBE(sched, sched_switch) {
  return args->prev_pidd;
}
