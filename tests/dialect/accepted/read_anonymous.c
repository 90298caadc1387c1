// Members of anonymous structs and unions, and a whole one.
int program(struct pt_regs *ctx, struct sock *sk, struct dentry *dentry) {
  return sk->__sk_common.skc_daddr + sk->__sk_common.skc_dport + dentry->d_name.hash + dentry->d_name.hash_len;
}
