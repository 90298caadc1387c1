// A program among the firewall's hooks: its section says where, and the kernel's pointers in its context are read directly.
// needs netfilter
// program pass_long hook netfilter:ipv4/local_in auto
// no probe_read
SEC("netfilter/ipv4/local_in")
int pass_long(struct bpf_nf_ctx *ctx) { return ctx->skb->len > 20; }
