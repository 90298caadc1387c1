// A context's member in an anonymous union is where it is on every kernel: a portable object does not look for the union.
// load of_tcp cgroup_skb
int of_tcp(struct __sk_buff *skb) {
  if (!skb->sk) return 1;
  struct bpf_sock *socket = bpf_sk_fullsock(skb->sk);
  return socket && socket->protocol == 6;
}
