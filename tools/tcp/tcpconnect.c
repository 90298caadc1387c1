// tcpconnect - one row for each TCP connection that a process begins: who, from where, to where; or a count of them.
#include "tool.h"

TOOL("Trace TCP connections that processes begin.");
INTRO("Tracing connect ... Hit Ctrl-C to end");
OPTION(bool, timestamp, 't', "timestamp", "show the time since the start");
OPTION(bool, print_uid, 'U', "print-uid", "show the user's number");
OPTION(bool, lport, 'L', "lport", "show the local port");
OPTION(bool, ipv4, '4', "ipv4", "only IPv4");
OPTION(bool, ipv6, '6', "ipv6", "only IPv6") EXCLUDES(ipv4);
OPTION(bool, count, 'c', "count", "count connections by their ends");
OPTION(bool, dns, 'd', "dns", "show the host name that was asked for before") EXCLUDES(count);
LIST_OPTION(port_t, ports, 'P', "port", "only to these ports") VALUE("PORT,...");
NOTES("A row stands for a SYN that was sent, not for a connection that was accepted. Where functions of the kernel cannot be probed, "
      "it is written just before, when a local port is not chosen yet: LPORT is 0 then.");
OVERHEAD("A hook for each connection that is made.");
EXAMPLE("sonde tcpconnect -c", "how many, by their ends, until Ctrl-C");
EXAMPLE("sonde tcpconnect -P 443 -u 33", "to port 443, of user 33");
SESSION("sonde tcpconnect",
        "Tracing connect ... Hit Ctrl-C to end\n"
        "PID     COMM         IP SADDR            DADDR            DPORT\n"
        "368     python3      4  127.0.0.1        127.0.0.1        8080\n"
        "368     python3      4  127.0.0.1        127.0.0.1        8080");

// An answer of a name server, of which dns_name_t learns, and an address at the time when it is used: read by
// tcpconnect.types.cc, by the names of their members.
typedef struct {
  u64 at;
  u32 length;
  u8 bytes[512];
} dns_answer_t;
typedef struct {
  u64 at;
  ip_t ip;
} dns_name_t;

struct event {
  timestamp_t ts COLUMN("TIME(s)", -8) DIGITS(3) SHOWN_IF(timestamp);
  u32 uid COLUMN("UID", -5) SHOWN_IF(print_uid);
  pid_t pid COLUMN("PID", -7);
  comm_t comm COLUMN("COMM", -12) CUT(12);
  u32 ip COLUMN("IP", -2);
  ip_t saddr COLUMN("SADDR", -16);
  port_t sport COLUMN("LPORT", -6) SHOWN_IF(lport);
  ip_t daddr COLUMN("DADDR", -16);
  port_t dport COLUMN("DPORT", -6);
  dns_name_t host COLUMN("QUERY", 0) SHOWN_IF(dns);
};
struct answer {
  dns_answer_t answer;
};
ROWS(answers, struct answer) SHOWN_IF(dns);
USED_IF(answers, dns);
ROWS(events, struct event) SHOWN_UNLESS(count);

struct ends {
  ip_t saddr COLUMN("LADDR", -25);
  ip_t daddr COLUMN("RADDR", -25);
  port_t dport COLUMN("RPORT", -20);
  u16 zero;
};
struct connects {
  u64 number COLUMN("CONNECTS", -10);
};
TABLE(counts, struct ends, struct connects, 10240) SHOWN_IF(count);
SORTED_BY(counts, number);
PER_THREAD(struct sock *, connecting);

SONDE_INLINE void note(struct sock *sk) {
  u16 family = sk->__sk_common.skc_family, port = remote_port(sk);
  if ((ipv4 && family != AF_INET) || (ipv6 && family != AF_INET6)) return;
  if (ports.count && !in_list(ports, port)) return;
  if (count) {
    struct ends ends = {.saddr = local_ip(sk), .daddr = remote_ip(sk), .dport = port};
    struct connects *connects = entry_of(counts, &ends);
    if (connects) add_to(connects->number, 1);
    return;
  }
  struct event *event = new_row(events);
  if (!event) return;
  event->ts = bpf_ktime_get_ns();
  fill_task(event, uid, pid, comm);
  event->ip = family == AF_INET6 ? 6 : 4;
  event->saddr = local_ip(sk);
  event->sport = local_port(sk);
  event->daddr = remote_ip(sk);
  event->dport = port;
  event->host.at = event->ts;
  event->host.ip = event->daddr;
  send_row(events, event);
}

SONDE_INLINE int begin(struct sock *sk) {
  if (is_wanted()) per_thread_store(connecting, sk);
  return 0;
}
SONDE_INLINE int end(int result) {
  struct sock *sk;
  if (per_thread_pop(connecting, &sk) && result == 0) note(sk);
  return 0;
}
EITHER(connect) ON_KERNEL(tcp_v4_connect, struct sock *sk) { return begin(sk); }
EITHER(connect) ON_KERNEL_RETURN(tcp_v4_connect) { return end(RETURNED); }
EITHER(connect) ON_KERNEL(tcp_v6_connect, struct sock *sk) { return begin(sk); }
EITHER(connect) ON_KERNEL_RETURN(tcp_v6_connect) { return end(RETURNED); }

#define IPPROTO_TCP 6
#define TCP_SYN_SENT 2
OR_ELSE(connect) ON_RAW_TRACEPOINT(inet_sock_set_state) {
  struct sock *sk = (struct sock *)ctx->args[0];
  if ((int)ctx->args[2] == TCP_SYN_SENT && sk->sk_protocol == IPPROTO_TCP && is_wanted()) note(sk);
  return 0;
}

// --- name servers ----------------------------------------------------------------------------------------------------

#define DNS_PORT 53
enum iter_type___of_kernel { ITER_UBUF___of_kernel };
PER_THREAD(const void *, receiving);

// Where recvfrom(2) and recvmsg(2) put the packet, or its begin.
SONDE_INLINE const void *buffer_of(struct msghdr *message) {
  struct iov_iter___since_6_4 *newer = (void *)&message->msg_iter;
  if (!bpf_core_field_exists(newer->__iov)) return ((struct iov_iter___before_6_4 *)newer)->iov->iov_base;
  bool is_one_buffer = newer->iter_type == bpf_core_enum_value(enum iter_type___of_kernel, ITER_UBUF___of_kernel);
  return is_one_buffer ? newer->__ubuf_iovec.iov_base : newer->__iov->iov_base;
}

SONDE_INLINE int begin_receiving(struct sock *sk, struct msghdr *message) {
  if (remote_port(sk) == DNS_PORT) per_thread_store(receiving, buffer_of(message));
  return 0;
}

SONDE_INLINE int end_receiving(int length) {
  const void *buffer;
  if (!per_thread_pop(receiving, &buffer) || length <= 0) return 0;
  struct answer *row = new_row(answers);
  if (!row) return 0;
  row->answer.at = bpf_ktime_get_ns();
  row->answer.length = length < sizeof(row->answer.bytes) ? length : sizeof(row->answer.bytes);
  sonde_note_unread(bpf_probe_read_user(row->answer.bytes, row->answer.length & 1023, buffer));
  send_row(answers, row);
  return 0;
}

// Where a connected socket's answers are read: those of the C library's resolver.
ONLY_IF(dns) ON_KERNEL(udp_recvmsg, struct sock *sk, struct msghdr *message) { return begin_receiving(sk, message); }
ONLY_IF(dns) ON_KERNEL_RETURN(udp_recvmsg) { return end_receiving(RETURNED); }
ONLY_IF(dns) ON_KERNEL(udpv6_recvmsg, struct sock *sk, struct msghdr *message) { return begin_receiving(sk, message); }
ONLY_IF(dns) ON_KERNEL_RETURN(udpv6_recvmsg) { return end_receiving(RETURNED); }
