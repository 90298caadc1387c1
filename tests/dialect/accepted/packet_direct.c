// Direct access to a packet stays direct, next to a pointer into the kernel, which is read as the kernel lets such programs.
// load direct tc
// calls probe_read_kernel 2
// no probe_read
int direct(struct __sk_buff *skb) {
  void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
  struct ethhdr *ethernet = data;
  if (data + sizeof(*ethernet) > end) return 0;
  ethernet->h_proto = 8;
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  return task->real_parent->pid + ethernet->h_dest[3];
}
