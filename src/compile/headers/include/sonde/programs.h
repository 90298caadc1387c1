// BCC's macros that define programs. The function's name says where the program is attached; see dialect_reader.cc.
#pragma once
#pragma clang system_header

#define TRACEPOINT_PROBE(category, event) \
  int tracepoint__##category##__##event(struct tracepoint__##category##__##event *args)
#define RAW_TRACEPOINT_PROBE(event) int raw_tracepoint__##event(struct bpf_raw_tracepoint_args *ctx)

// A program whose context is an array of u64 arguments, with the arguments as C parameters.
#define KFUNC_PROBE(event, args...) BPF_PROG(kfunc__vmlinux__##event, ##args)
#define KRETFUNC_PROBE(event, args...) BPF_PROG(kretfunc__vmlinux__##event, ##args)
#define MODULE_KFUNC_PROBE(module, event, args...) BPF_PROG(kfunc__##module##__##event, ##args)
#define MODULE_KRETFUNC_PROBE(module, event, args...) BPF_PROG(kretfunc__##module##__##event, ##args)
#define KMOD_RET(event, args...) BPF_PROG(kmod_ret__##event, ##args)
#define LSM_PROBE(event, args...) BPF_PROG(lsm__##event, ##args)
#define BPF_ITER(target) int bpf_iter__##target(struct bpf_iter__##target *ctx)

// Arguments of USDT probes, from 1 on: 0, or -1 when it cannot be had. Which probe is meant follows from the program that this is in, or is
// inlined into: the one that it was enabled for.
extern int sonde_usdt_readarg(int argument, struct pt_regs *ctx, void *to, unsigned long size);
#define bpf_usdt_readarg(argument, ctx, to) sonde_usdt_readarg(argument, ctx, to, sizeof(*(to)))
#define bpf_usdt_readarg_p(argument, ctx, to, length) ({                                      \
  unsigned long sonde_address_ = 0;                                                           \
  int sonde_failed_ = sonde_usdt_readarg(argument, ctx, &sonde_address_, sizeof(sonde_address_)); \
  sonde_failed_ ?: bpf_probe_read_user(to, length, (const void *)sonde_address_); })

// CPUs that were online when the program was compiled.
#define bpf_num_cpus() ((int)SONDE_ONLINE_CPUS)
