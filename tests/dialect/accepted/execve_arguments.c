// A list of user strings: by explicit reads in a helper that is called in an unrolled loop, and by plain subscripts.
// program syscall__execve hook none
// calls perf_event_output 5 in syscall__execve
// event events struct data_t {pid argument}
struct data_t { u32 pid; char argument[128]; };
BPF_PERF_OUTPUT(events);

static int submit(struct pt_regs *ctx, const void *text, struct data_t *data) {
  bpf_probe_read_user_str(data->argument, sizeof(data->argument), text);
  events.perf_submit(ctx, data, sizeof(struct data_t));
  return 1;
}

static int submit_at(struct pt_regs *ctx, const void *place, struct data_t *data) {
  const char *argument = NULL;
  bpf_probe_read_user(&argument, sizeof(argument), place);
  return argument ? submit(ctx, argument, data) : 0;
}

int syscall__execve(struct pt_regs *ctx, const char __user *filename, const char __user *const __user *__argv,
                    const char __user *const __user *__envp) {
  struct data_t data = {};
  data.pid = bpf_get_current_pid_tgid() >> 32;
  submit(ctx, filename, &data);
#pragma unroll
  for (int i = 1; i < 4; i++) {
    if (submit_at(ctx, &__argv[i], &data) == 0) goto out;
  }
  submit(ctx, __envp[0], &data);
out:
  return __argv[1][2] == '-';
}
