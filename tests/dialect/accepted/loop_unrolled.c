// A loop that clang unrolls.
// calls get_current_pid_tgid 4
int program(struct pt_regs *ctx) {
  u64 sum = 0;
#pragma unroll
  for (int i = 0; i < 4; i++) sum += bpf_get_current_pid_tgid() >> i;
  return sum;
}
