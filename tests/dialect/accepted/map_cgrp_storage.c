// Storages of cgroups for programs that are attached to none.
// needs kernel:6.2
// map groups cgrp_storage type 32 key 4 value 8 entries 0 flags 1
BPF_CGRP_STORAGE(groups, u64);
RAW_TRACEPOINT_PROBE(sys_enter) {
  struct task_struct *task = bpf_get_current_task_btf();
  u64 zero = 0, *count = groups.cgrp_storage_get(task->cgroups->dfl_cgrp, &zero, BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (count) __sync_fetch_and_add(count, 1);
  return 0;
}
