// BPF_PERF_OUTPUT: as many entries as CPUs, decided when it is loaded; perf_submit records what type is sent.
// map events perf_output type 4 key 4 value 4 entries 0
// event events struct data_t {pid comm}
// calls perf_event_output 1
struct data_t {
  u32 pid;
  char comm[TASK_COMM_LEN];
};
BPF_PERF_OUTPUT(events);
int program(struct pt_regs *ctx) {
  struct data_t data = {.pid = bpf_get_current_pid_tgid() >> 32};
  bpf_get_current_comm(&data.comm, sizeof(data.comm));
  return events.perf_submit(ctx, &data, sizeof(data));
}
