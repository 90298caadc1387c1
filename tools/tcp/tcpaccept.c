// tcpaccept - one row for each TCP connection that a process accepts: who, from where, to where.
#include "tool.h"

TOOL("Trace TCP connections that processes accept.");
OPTION(bool, time, 'T', "time", "show the time of day");
OPTION(bool, timestamp, 't', "timestamp", "show the time since the start");
OPTION(bool, ipv4, '4', "ipv4", "only IPv4");
OPTION(bool, ipv6, '6', "ipv6", "only IPv6") EXCLUDES(ipv4);
LIST_OPTION(port_t, ports, 'P', "port", "only at these local ports") VALUE("PORT,...");
OVERHEAD("A hook for each connection that is accepted.");
EXAMPLE("sonde tcpaccept -t -P 80", "with times, on port 80");
SESSION("sonde tcpaccept",
        "PID     COMM         IP RADDR            RPORT LADDR            LPORT\n"
        "371     python3      4  127.0.0.1        53330 127.0.0.1        8080\n"
        "371     python3      4  127.0.0.1        53342 127.0.0.1        8080");

struct event {
  wall_time_t at COLUMN("TIME", -8) SHOWN_IF(time);
  timestamp_t ts COLUMN("TIME(s)", -8) DIGITS(3) SHOWN_IF(timestamp);
  pid_t pid COLUMN("PID", -7);
  comm_t comm COLUMN("COMM", -12) CUT(12);
  u32 ip COLUMN("IP", -2);
  ip_t raddr COLUMN("RADDR", -16);
  port_t rport COLUMN("RPORT", -5);
  ip_t laddr COLUMN("LADDR", -16);
  port_t lport COLUMN("LPORT", -5);
};
ROWS(events, struct event);

#define IPPROTO_TCP 6
SONDE_INLINE int note(struct sock *sk) {
  if (!sk || !is_wanted() || !is_internet_socket(sk) || sk->sk_protocol != IPPROTO_TCP) return 0;
  u16 family = sk->__sk_common.skc_family, port = local_port(sk);
  if ((ipv4 && family != AF_INET) || (ipv6 && family != AF_INET6)) return 0;
  if (ports.count && !in_list(ports, port)) return 0;
  struct event *event = new_row(events);
  if (!event) return 0;
  event->at = event->ts = bpf_ktime_get_ns();
  fill_task(event, pid, comm);
  event->ip = family == AF_INET6 ? 6 : 4;
  event->raddr = remote_ip(sk);
  event->rport = remote_port(sk);
  event->laddr = local_ip(sk);
  event->lport = port;
  send_row(events, event);
  return 0;
}

EITHER(accept) ON_KERNEL_RETURN(inet_csk_accept) { return note((struct sock *)RETURNED); }

// Where functions cannot be probed: by the file that the call gave.
SONDE_INLINE int note_file(int fd) {
  struct file *file = open_file(fd);
  if (!file) return 0;
  struct socket *socket = file->private_data;
  return note(socket->sk);
}
OR_ELSE(accept) ON_SYSCALL_RETURN(accept) { return note_file(RETURNED); }
OR_ELSE(accept) ON_SYSCALL_RETURN(accept4) { return note_file(RETURNED); }
