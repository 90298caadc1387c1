// Fields of varying length through TP_DATA_LOC_READ_STR, _CONST and plain.
// tracepoint sched:sched_process_exec filename pid
// calls probe_read_kernel_str 1
TRACEPOINT_PROBE(sched, sched_process_exec) {
  char name[64] = {};
  TP_DATA_LOC_READ_STR(name, filename, sizeof(name));
  char start[8];
  TP_DATA_LOC_READ_CONST(start, filename, sizeof(start));
  return name[0] + start[0] + args->pid + (args->data_loc_filename >> 16);
}
