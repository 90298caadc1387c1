// tcpretrans - one row for each TCP segment that is sent again, and for tail loss probes if asked; or a count of them.
#include "tool.h"

TOOL("Trace TCP retransmits.");
INTRO("Tracing retransmits ... Hit Ctrl-C to end");
OPTION(bool, sequence, 's', "sequence", "show the sequence number");
OPTION(bool, lossprobe, 'l', "lossprobe", "also tail loss probes");
OPTION(bool, count, 'c', "count", "count retransmits by their ends");
OPTION(bool, ipv4, '4', "ipv4", "only IPv4");
OPTION(bool, ipv6, '6', "ipv6", "only IPv6") EXCLUDES(ipv4);
NOTES("PID is the process that was running on that CPU, which mostly has nothing to do with the connection: retransmits come from "
      "timers. T is R for a retransmit and L for a loss probe.");
OVERHEAD("A hook for each retransmit: nothing while the network is well.");
EXAMPLE("sonde tcpretrans -l", "tail loss probes as well");
EXAMPLE("sonde tcpretrans -c", "how many, by their ends, until Ctrl-C");
SESSION("sonde tcpretrans",
        "Tracing retransmits ... Hit Ctrl-C to end\n"
        "TIME     PID     IP LADDR:LPORT          T> RADDR:RPORT          STATE\n"
        "23:11:16 0       4  127.0.0.1:54062      R> 127.0.0.1:8080       SYN_SENT\n"
        "23:11:17 0       4  127.0.0.1:54062      R> 127.0.0.1:8080       SYN_SENT");

typedef char kind_t[2];
struct event {
  wall_time_t at COLUMN("TIME", -8);
  pid_t pid COLUMN("PID", -7);
  u32 ip COLUMN("IP", -2);
  endpoint_t local COLUMN("LADDR:LPORT", -20);
  kind_t kind COLUMN("T>", -2) AFTER(">");
  endpoint_t remote COLUMN("RADDR:RPORT", -20);
  tcp_state_t state COLUMN("STATE", -12) SHOWN_IF(sequence);
  u32 seq COLUMN("SEQ", -10) SHOWN_IF(sequence);
  tcp_state_t last_state COLUMN("STATE", -4) SHOWN_UNLESS(sequence);
};
ROWS(events, struct event) SHOWN_UNLESS(count);

struct ends {
  endpoint_t local COLUMN("LADDR:LPORT", -25) UNIT("[]#");
  endpoint_t remote COLUMN("RADDR:RPORT", -25) UNIT("[]#");
};
struct retransmits {
  u64 number COLUMN("RETRANSMITS", -10);
};
TABLE(counts, struct ends, struct retransmits, 10240) SHOWN_IF(count);
SORTED_BY(counts, number);

SONDE_INLINE int note(struct sock *sk, char kind, u32 seq) {
  u16 family = sk->__sk_common.skc_family;
  if (!is_wanted_in_interrupt() || !is_internet_socket(sk)) return 0;
  if ((ipv4 && family != AF_INET) || (ipv6 && family != AF_INET6)) return 0;
  struct ends ends;
  __builtin_memset(&ends, 0, sizeof(ends));
  ends.local.ip = local_ip(sk), ends.local.port = local_port(sk);
  ends.remote.ip = remote_ip(sk), ends.remote.port = remote_port(sk);
  if (count) {
    struct retransmits *found = entry_of(counts, &ends);
    if (found) add_to(found->number, 1);
    return 0;
  }
  struct event *event = new_row(events);
  if (!event) return 0;
  event->at = bpf_ktime_get_ns();
  event->pid = current_pid();
  event->ip = family == AF_INET6 ? 6 : 4;
  event->local = ends.local;
  event->remote = ends.remote;
  event->kind[0] = kind;
  event->state = event->last_state = sk->__sk_common.skc_state;
  event->seq = seq;
  send_row(events, event);
  return 0;
}

// struct tcp_skb_cb begins with it.
ON_RAW_TRACEPOINT(tcp_retransmit_skb) {
  struct sk_buff *skb = (struct sk_buff *)ctx->args[1];
  u32 seq = 0;
  bpf_probe_read_kernel(&seq, sizeof(seq), skb->cb);
  return note((struct sock *)ctx->args[0], 'R', seq);
}
ONLY_IF(lossprobe) ON_KERNEL(tcp_send_loss_probe, struct sock *sk) { return note(sk, 'L', 0); }
