// Bit-fields, members of anonymous unions, bools and wide enumerators of the kernel's own types.
#include <net/sock.h>
int kprobe__tcp_sendmsg(struct pt_regs *ctx, struct sock *sk) {
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  struct page *page = (struct page *)PT_REGS_PARM2(ctx);
  struct tcp_sock *tcp = (struct tcp_sock *)sk;
  u64 wide = BPF_F_CURRENT_CPU + BPF_F_CTXLEN_MASK;
  return sk->sk_protocol + sk->sk_type + sk->sk_kern_sock + sk->sk_userlocks + sk->sk_ipv6only + sk->sk_shutdown + tcp->is_sack_reneg
      + task->in_execve + task->in_iowait + page->_mapcount.counter + (page->lru.next != 0) + (wide >> 60);
}
