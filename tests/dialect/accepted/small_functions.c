// The inline functions and macros that come with the dialect.
int program(struct pt_regs *ctx) {
  u64 counter = 0;
  lock_xadd(&counter, 3);
  _Static_assert(MASK(4) == 15, "");
  return bpf_log2(ctx->di) + bpf_log2l(ctx->si) + bpf_ntohs(ctx->dx) + bpf_htonl(ctx->cx) + bpf_ntohll(ctx->r8) +
         min(ctx->di, ctx->si) + max_t(u32, ctx->di, 3) + counter;
}
