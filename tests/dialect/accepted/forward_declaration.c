// `struct sock;` declares the kernel's.
// calls probe_read 1
struct sock;
BPF_HASH(socks, struct sock *, u32);
int program(struct pt_regs *ctx, struct sock *sk) {
  u16 family = sk->__sk_common.skc_family;
  u32 value = family == AF_INET6;
  socks.update(&sk, &value);
  return 0;
}
