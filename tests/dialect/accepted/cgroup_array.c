// BPF_CGROUP_ARRAY: is the current task in this cgroup?
// map cgroups cgroup_array type 8 key 4 value 4 entries 1
// calls current_task_under_cgroup 1
BPF_CGROUP_ARRAY(cgroups, 1);
int program(struct pt_regs *ctx) {
  if (cgroups.check_current_task(0) <= 0) return 0;
  return 1;
}
