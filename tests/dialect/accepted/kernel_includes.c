// Kernel headers may be included by any of their names, known or not, also uapi/ and asm/.
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>
#include <linux/fs.h>
#include <net/sock.h>
#include <net/inet_sock.h>
#include <bcc/proto.h>
#include <asm/unistd.h>
#include <linux/never_heard_of.h>
#include <uapi/linux/neither_of_this.h>
#include <linux/sched/nor_this.h>
int program(struct pt_regs *ctx, struct sock *sk) { return sk->sk_state + inet_sk(sk)->inet_sport; }
