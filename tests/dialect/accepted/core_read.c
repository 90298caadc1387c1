// BPF_CORE_READ and its kin, beside direct reads.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
SEC("kprobe/vfs_read")
int BPF_KPROBE(entry, struct file *file) {
  char name[32];
  struct task_struct *task = (void *)bpf_get_current_task();
  u64 inode = BPF_CORE_READ(file, f_inode, i_ino);
  pid_t parent = BPF_CORE_READ(task, real_parent, tgid);
  unsigned int flags = 0;
  bpf_core_read(&flags, sizeof(flags), &file->f_flags);
  BPF_CORE_READ_STR_INTO(&name, task, comm);
  if (bpf_core_field_exists(task->loginuid)) flags++;
  return inode + parent + flags + name[0];
}
char LICENSE[] SEC("license") = "GPL";
