// Kernel enumerators and constants without any #include.
int program(struct pt_regs *ctx) {
  _Static_assert(TASK_COMM_LEN == 16 && AF_INET6 == 10 && EINVAL == 22 && O_CREAT == 0100, "");
  _Static_assert(TCP_ESTABLISHED == 1 && IPPROTO_TCP == 6 && ETH_P_IP == 0x800 && PIDTYPE_TGID == 1, "");
  _Static_assert(PAGE_SIZE == 4096 && NAME_MAX == 255 && PATH_MAX == 4096, "");
  return BPF_F_CURRENT_CPU == 0xffffffffULL && ctx->di == SIGKILL;
}
