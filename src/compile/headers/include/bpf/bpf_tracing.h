// libbpf's names for registers; BPF_PROG, BPF_KPROBE and their like are in every program.
#pragma once

#include <bpf/bpf_core_read.h>
#include <sonde/tracing.h>

// Registers that a probe did not get as its context have to be read.
#define SONDE_REGISTER(ctx, which) \
  ({ unsigned long register_; const struct pt_regs *regs_ = (const struct pt_regs *)(ctx); \
     bpf_probe_read_kernel(&register_, sizeof(register_), &which(regs_)); register_; })
#define PT_REGS_PARM1_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM1)
#define PT_REGS_PARM1_CORE_SYSCALL(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM1_SYSCALL)
#define PT_REGS_PARM2_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM2)
#define PT_REGS_PARM2_CORE_SYSCALL(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM2_SYSCALL)
#define PT_REGS_PARM3_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM3)
#define PT_REGS_PARM3_CORE_SYSCALL(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM3_SYSCALL)
#define PT_REGS_PARM4_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM4)
#define PT_REGS_PARM4_CORE_SYSCALL(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM4_SYSCALL)
#define PT_REGS_PARM5_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM5)
#define PT_REGS_PARM5_CORE_SYSCALL(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM5_SYSCALL)
#define PT_REGS_PARM6_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM6)
#define PT_REGS_PARM6_CORE_SYSCALL(ctx) SONDE_REGISTER(ctx, PT_REGS_PARM6_SYSCALL)
#define PT_REGS_RET_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_RET)
#define PT_REGS_FP_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_FP)
#define PT_REGS_RC_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_RC)
#define PT_REGS_SP_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_SP)
#define PT_REGS_IP_CORE(ctx) SONDE_REGISTER(ctx, PT_REGS_IP)
#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)PT_REGS_SYSCALL_CTX(ctx))

#define BPF_SEQ_PRINTF(seq, fmt, ...) \
  ({ static const char fmt_[] = fmt; u64 values_[] = {SONDE_PRINTK_VALUES(0, ##__VA_ARGS__)}; \
     bpf_seq_printf(seq, fmt_, sizeof(fmt_), values_ + 1, sizeof(values_) - 8); })
