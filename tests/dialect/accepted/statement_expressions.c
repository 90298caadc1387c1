// GNU C: statement expressions, typeof, ranges in switch, empty structs' kin, labels as nothing special.
int program(struct pt_regs *ctx) {
  u32 pid = ({ u64 both = bpf_get_current_pid_tgid(); (u32)(both >> 32); });
  typeof(pid) copy = pid;
  switch (copy) {
    case 0 ... 99: return 1;
    case 100: goto out;
    default: break;
  }
  return copy ?: 7;
out:
  return 2;
}
