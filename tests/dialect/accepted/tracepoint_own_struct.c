// A driver attaches this one; the record's layout is written out.
// program on_switch hook none
// load on_switch tracepoint
struct switch_args {
  u64 header;
  char prev_comm[16];
  pid_t prev_pid;
};
int on_switch(struct switch_args *args) { return args->prev_pid; }
