// The macro of the processor that BCC's scripts ask for.
#if !defined(__x86_64__) && !defined(__aarch64__)
#error "which processor?"
#endif
#if !defined(bpf_target_x86) && !defined(bpf_target_arm64)
#error "which BPF target?"
#endif
int program(struct pt_regs *ctx) { return 0; }
