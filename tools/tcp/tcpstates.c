// tcpstates - one row for each change of a TCP socket's state, and how long it was in the one before.
#include "tool.h"

TOOL("Trace TCP state changes, with the time spent in each state.");
OPTION(bool, time, 'T', "time", "show the time of day");
OPTION(bool, timestamp, 't', "timestamp", "show the time since the start");
OPTION(bool, wide, 'w', "wide", "room for IPv6 addresses");
OPTION(bool, csv, 's', "csv", "comma-separated values");
OUTPUT_LETTER('Y', "journal");
LIST_OPTION(port_t, local_ports, 'L', "localport", "only these local ports") VALUE("PORT,...");
LIST_OPTION(port_t, remote_ports, 'D', "remoteport", "only these remote ports") VALUE("PORT,...");
OPTION(bool, ipv4, '4', "ipv4", "only IPv4");
OPTION(bool, ipv6, '6', "ipv6", "only IPv6") EXCLUDES(ipv4);
NOTES("C-PID and C-COMM are of the task that ran when the state changed: often not the socket's owner, as packets are handled "
      "wherever they come in.");
OVERHEAD("A hook at each change of a socket's state: some for each connection, none for each packet.");
EXAMPLE("sonde tcpstates -L 80", "the states of connections to port 80");
SESSION("sonde tcpstates",
        "SKADDR           C-PID C-COMM     LADDR           LPORT RADDR           RPORT OLDSTATE    -> NEWSTATE    MS\n"
        "ffff888006c89300 379   python3    127.0.0.1       0     127.0.0.1       8080  CLOSE       -> SYN_SENT    0.000\n"
        "ffff888006c89300 379   python3    127.0.0.1       53390 127.0.0.1       8080  SYN_SENT    -> ESTABLISHED 0.594\n"
        "ffff888006c89300 379   python3    127.0.0.1       53390 127.0.0.1       8080  ESTABLISHED -> CLOSE_WAIT  56.026\n"
        "ffff888006c89300 379   python3    127.0.0.1       53390 127.0.0.1       8080  CLOSE_WAIT  -> LAST_ACK    0.388\n"
        "ffff888006c89300 379   python3    127.0.0.1       53390 127.0.0.1       8080  LAST_ACK    -> CLOSE       0.378");

typedef char arrow_t[4];
struct event {
  wall_time_t at COLUMN("TIME", -8) SHOWN_IF(time);
  timestamp_t ts COLUMN("TIME(s)", -9) DIGITS(6) SHOWN_IF(timestamp);
  hex_t skaddr COLUMN("SKADDR", -16);
  pid_t pid COLUMN("C-PID", -5);
  comm_t comm COLUMN("C-COMM", -10) CUT(10) WIDTH_IF(wide, -16);
  u32 ip COLUMN("IP", -2) SHOWN_IF(wide);
  ip_t laddr COLUMN("LADDR", -15) WIDTH_IF(wide, -26);
  port_t lport COLUMN("LPORT", -5);
  ip_t raddr COLUMN("RADDR", -15) WIDTH_IF(wide, -26);
  port_t rport COLUMN("RPORT", -5);
  tcp_state_t oldstate COLUMN("OLDSTATE", -11);
  arrow_t arrow COLUMN("->", -2) SHOWN_UNLESS(csv);
  tcp_state_t newstate COLUMN("NEWSTATE", -11);
  duration_ns_t duration COLUMN("MS", 0) UNIT("ms") DIGITS(3);
};
ROWS(events, struct event);
PER_KEY(u64, u64, since, 10240);

#define IPPROTO_TCP 6
#define TCP_CLOSE 7

ON_RAW_TRACEPOINT(inet_sock_set_state) {
  struct sock *sk = (struct sock *)ctx->args[0];
  if (sk->sk_protocol != IPPROTO_TCP || !is_wanted_in_interrupt()) return 0;
  u16 family = sk->__sk_common.skc_family, lport = local_port(sk), rport = remote_port(sk);
  if ((ipv4 && family != AF_INET) || (ipv6 && family != AF_INET6)) return 0;
  if (local_ports.count && !in_list(local_ports, lport)) return 0;
  if (remote_ports.count && !in_list(remote_ports, rport)) return 0;
  u64 now = bpf_ktime_get_ns(), begun = now, key = (u64)sk;
  int newstate = ctx->args[2];
  per_key_pop(since, key, &begun);
  if (newstate != TCP_CLOSE) per_key_store(since, key, now);
  struct event *event = new_row(events);
  if (!event) return 0;
  event->at = event->ts = now;
  event->skaddr = key;
  fill_task(event, pid, comm);
  event->ip = family == AF_INET6 ? 6 : 4;
  event->laddr = local_ip(sk);
  event->lport = lport;
  event->raddr = remote_ip(sk);
  event->rport = rport;
  event->oldstate = ctx->args[1];
  __builtin_memcpy(event->arrow, "->", 3);
  event->newstate = newstate;
  event->duration = now - begun;
  send_row(events, event);
  return 0;
}
