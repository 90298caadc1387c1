// Flags come before what every program has: a macro of the dialect stays what it is; the processor's number may be redefined.
// cflags -DPAGE_SIZE=100 -DTASK_COMM_LEN=20 -UCONFIG_SMP -DCUR_CPU_IDENTIFIER=bpf_get_smp_processor_id()
// calls get_smp_processor_id 1 in program
// calls perf_event_output 1 in program
#if PAGE_SIZE != 4096 || !defined(CONFIG_SMP)
#error as in BCC, whose headers come after the flags
#endif
_Static_assert(TASK_COMM_LEN == 20, "a name that is no macro of the dialect is the flag's");
BPF_PERF_OUTPUT(events);
int program(struct pt_regs *ctx) {
  u32 number = PAGE_SIZE;
  events.perf_submit(ctx, &number, sizeof(number));
  return 0;
}
