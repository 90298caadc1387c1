// A data_loc macro on a field that is not one.
// error 6:3: no member named 'data_loc_nosuch' in 'struct tracepoint__sched__sched_switch'
// hint: this event has prev_comm, prev_pid, prev_prio, prev_state, next_comm, next_pid, next_prio; a field of varying length is read with TP_DATA_LOC_READ_STR(to, FIELD, size)
TRACEPOINT_PROBE(sched, sched_switch) {
  char name[16];
  TP_DATA_LOC_READ_STR(name, nosuch, sizeof(name));
  return name[0];
}
