// Names that only kernel headers have need no include: macros, what these refer to, inline functions, types, constants.
// program kprobe__tcp_v4_rcv hook kprobe:tcp_v4_rcv auto
// program program hook none
struct seen {
  struct sockaddr_storage *address;
  struct rcu_head *head;
  mode_t mode;
  pgoff_t offset;
  u_long flags;
  caddr_t where;
};
BPF_ARRAY(by_cpu, u64, NR_CPUS > 1024 ? 1024 : NR_CPUS);
int kprobe__tcp_v4_rcv(struct pt_regs *ctx, struct sk_buff *skb) {
  return ntohs(tcp_hdr(skb)->dest) + ip_hdr(skb)->protocol + TCP_SKB_CB(skb)->seq + (u64)netdev_priv(skb->dev);
}
int program(struct pt_regs *ctx, struct request *rq) {
  struct seen seen = {.flags = __GFP_ZERO | SLAB_HWCACHE_ALIGN, .mode = FMODE_READ};
  seen.offset = req_op(rq) + rq_data_dir(rq) + blk_rq_pos(rq) + hash_64(blk_rq_bytes(rq), 10);
  return seen.offset + seen.flags + seen.mode + task_cpu(current) + sizeof(*seen.address) + sizeof(*seen.head);
}
