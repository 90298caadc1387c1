// Sockets: their addresses and ports. A part of tool.h.
#pragma once
#pragma clang system_header

SONDE_INLINE ip_t local_ip(struct sock *sk) {
  ip_t ip = {.family = sk->__sk_common.skc_family};
  if (ip.family == AF_INET6) {
    bpf_probe_read_kernel(ip.bytes, 16, &sk->__sk_common.skc_v6_rcv_saddr);
  } else {
    bpf_probe_read_kernel(ip.bytes, 4, &sk->__sk_common.skc_rcv_saddr);
  }
  return ip;
}
SONDE_INLINE ip_t remote_ip(struct sock *sk) {
  ip_t ip = {.family = sk->__sk_common.skc_family};
  if (ip.family == AF_INET6) {
    bpf_probe_read_kernel(ip.bytes, 16, &sk->__sk_common.skc_v6_daddr);
  } else {
    bpf_probe_read_kernel(ip.bytes, 4, &sk->__sk_common.skc_daddr);
  }
  return ip;
}
// A socket that is closed has given skc_num back; a connection that is not made yet has no inet_sport.
SONDE_INLINE port_t local_port(struct sock *sk) {
  port_t port = __builtin_bswap16(((struct inet_sock *)sk)->inet_sport);
  return port ? port : sk->__sk_common.skc_num;
}
SONDE_INLINE port_t remote_port(struct sock *sk) { return __builtin_bswap16(sk->__sk_common.skc_dport); }
SONDE_INLINE bool is_internet_socket(struct sock *sk) {
  u16 family = sk->__sk_common.skc_family;
  return family == AF_INET || family == AF_INET6;
}
