// TRACEPOINT_PROBE: the event's fields are those of args; what is read is in the spec.
// program tracepoint__sched__sched_switch hook tracepoint:sched:sched_switch auto
// tracepoint sched:sched_switch next_comm next_pid prev_comm prev_state
// no probe_read
BPF_HASH(names, u32, u64);
TRACEPOINT_PROBE(sched, sched_switch) {
  u32 pid = args->next_pid;
  u64 value = args->prev_state + args->prev_comm[0];
  char name[TASK_COMM_LEN];
  __builtin_memcpy(name, args->next_comm, sizeof(name));
  value += name[1];
  names.update(&pid, &value);
  return 0;
}
