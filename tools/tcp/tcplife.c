// tcplife - one row for each TCP connection that ends: whose it was, its ends, how much went through it, how long it
// stood.
#include "tool.h"

TOOL("Trace TCP connections that end, with their bytes and lifespans.");
OPTION(bool, time, 'T', "time", "show the time of day");
OPTION(bool, timestamp, 't', "timestamp", "show the time since the start");
OPTION(bool, wide, 'w', "wide", "room for IPv6 addresses");
OPTION(bool, csv, 's', "csv", "comma-separated values");
LIST_OPTION(port_t, local_ports, 'L', "localport", "only these local ports") VALUE("PORT,...");
LIST_OPTION(port_t, remote_ports, 'D', "remoteport", "only these remote ports") VALUE("PORT,...");
OPTION(bool, ipv4, '4', "ipv4", "only IPv4");
OPTION(bool, ipv6, '6', "ipv6", "only IPv6") EXCLUDES(ipv4);
NOTES("Whose a connection is, is known when a process connects or closes; of one that ends otherwise it is the task that ran then.");
OVERHEAD("A hook at each change of a socket's state: some for each connection, none for each packet.");
EXAMPLE("sonde tcplife -D 5432", "connections to PostgreSQL");
EXAMPLE("sonde tcplife -T -w", "with the time of day, and room for IPv6");
SESSION("sonde tcplife",
        "PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS\n"
        "374   python3    127.0.0.1       8080  127.0.0.1       53364    39     0 61.20\n"
        "374   python3    127.0.0.1       53364 127.0.0.1       8080      0    39 62.53");

struct event {
  wall_time_t at COLUMN("TIME", -8) SHOWN_IF(time);
  timestamp_t ts COLUMN("TIME(s)", -9) DIGITS(6) SHOWN_IF(timestamp);
  pid_t pid COLUMN("PID", -5);
  comm_t comm COLUMN("COMM", -10) CUT(10) WIDTH_IF(wide, -16);
  u32 ip COLUMN("IP", -2) SHOWN_IF(wide);
  ip_t laddr COLUMN("LADDR", -15) WIDTH_IF(wide, -26);
  port_t lport COLUMN("LPORT", -5);
  ip_t raddr COLUMN("RADDR", -15) WIDTH_IF(wide, -26);
  port_t rport COLUMN("RPORT", -5);
  bytes_t tx COLUMN("TX_KB", 5) UNIT("KB") WIDTH_IF(wide, 6);
  bytes_t rx COLUMN("RX_KB", 5) UNIT("KB") WIDTH_IF(wide, 6);
  duration_ns_t duration COLUMN("MS", 0) UNIT("ms") DIGITS(2);
};
ROWS(events, struct event);

struct owner {
  u32 pid;
  u32 is_wanted;
  char comm[TASK_COMM_LEN];
};
PER_KEY(u64, u64, born, 10240);
PER_KEY(u64, struct owner, owners, 10240);

#define IPPROTO_TCP 6
#define TCP_SYN_SENT 2
#define TCP_FIN_WAIT1 4
#define TCP_CLOSE 7
#define TCP_LAST_ACK 9

ON_RAW_TRACEPOINT(inet_sock_set_state) {
  struct sock *sk = (struct sock *)ctx->args[0];
  int state = ctx->args[2];
  if (sk->sk_protocol != IPPROTO_TCP) return 0;
  u16 family = sk->__sk_common.skc_family, lport = local_port(sk), rport = remote_port(sk);
  u64 key = (u64)sk, now = bpf_ktime_get_ns(), since;
  // ESTABLISHED, SYN_SENT and SYN_RECV have the numbers below FIN_WAIT1: the last of them counts.
  if (state < TCP_FIN_WAIT1) per_key_store(born, key, now);
  if (state == TCP_SYN_SENT || state == TCP_FIN_WAIT1 || state == TCP_LAST_ACK) {
    struct owner owner = {.is_wanted = is_wanted_in_interrupt()};
    fill_task(&owner, pid, comm);
    // The close of a connection that somebody else began says nothing new.
    if (state == TCP_SYN_SENT || !owners.lookup(&key)) per_key_store(owners, key, owner);
  }
  if (state != TCP_CLOSE) return 0;
  struct owner owner = {};
  if (!per_key_pop(owners, key, &owner)) {
    owner.is_wanted = is_wanted_in_interrupt();
    fill_task(&owner, pid, comm);
  }
  if (!per_key_pop(born, key, &since) || !owner.is_wanted) return 0;
  if ((ipv4 && family != AF_INET) || (ipv6 && family != AF_INET6)) return 0;
  if (local_ports.count && !in_list(local_ports, lport)) return 0;
  if (remote_ports.count && !in_list(remote_ports, rport)) return 0;
  struct event *event = new_row(events);
  if (!event) return 0;
  event->at = event->ts = now;
  event->pid = owner.pid;
  __builtin_memcpy(event->comm, owner.comm, sizeof(event->comm));
  event->ip = family == AF_INET6 ? 6 : 4;
  event->laddr = local_ip(sk);
  event->lport = lport;
  event->raddr = remote_ip(sk);
  event->rport = rport;
  struct tcp_sock *tcp = (struct tcp_sock *)sk;
  event->tx = tcp->bytes_acked;
  event->rx = tcp->bytes_received;
  event->duration = now - since;
  send_row(events, event);
  return 0;
}
