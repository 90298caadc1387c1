// A program for a perf event: the sample's registers and period.
// load sampled perf_event
int sampled(struct bpf_perf_event_data *ctx) {
  return ctx->regs.ip + ctx->sample_period;
}
