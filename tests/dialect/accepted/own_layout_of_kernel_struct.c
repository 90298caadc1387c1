// A struct that the program lays out itself, as scripts do for what no header declares, is reached from kernel structs.
// calls probe_read 2
struct mnt_namespace {
  atomic_t count;
  struct { u32 inum; } ns;
};
int program(struct pt_regs *ctx) {
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  struct nsproxy *proxy = (struct nsproxy *)ctx->di;
  struct mnt_namespace *namespace = proxy->mnt_ns;
  return namespace->ns.inum;
}
