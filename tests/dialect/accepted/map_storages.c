// Storages of sockets, tasks, inodes and cgroups.
// map sockets sk_storage type 24 key 4 value 8 entries 0 flags 1
// map tasks task_storage type 29 key 4 value 8 entries 0 flags 1
// map inodes inode_storage type 28 key 4 value 8 entries 0 flags 1
// map cgroups cgroup_storage type 19 key 16 value 8 entries 0
// map each_cpu percpu_cgroup_storage type 21 key 16 value 8 entries 0
// program packet hook none
// load packet cgroup_skb
BPF_SK_STORAGE(sockets, u64);
BPF_TASK_STORAGE(tasks, u64);
BPF_INODE_STORAGE(inodes, u64);
BPF_CGROUP_STORAGE(cgroups, u64);
BPF_PERCPU_CGROUP_STORAGE(each_cpu, u64);
RAW_TRACEPOINT_PROBE(sys_enter) {
  u64 zero = 0, *count = tasks.task_storage_get(bpf_get_current_task_btf(), &zero, BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (count) *count += 1;
  return 0;
}
int packet(struct __sk_buff *skb) {
  u64 *bytes = cgroups.get_local_storage(0), *mine = each_cpu.get_local_storage(0);
  __sync_fetch_and_add(bytes, skb->len);
  *mine += 1;
  return 1;
}
