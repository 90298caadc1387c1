// PT_REGS_*: a traced function's arguments and return value by name, for each processor. Each is an lvalue: `&` works.
#pragma once

#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
#define bpf_target_x86 1
#define PT_REGS_PARM1(ctx) ((ctx)->di)
#define PT_REGS_PARM2(ctx) ((ctx)->si)
#define PT_REGS_PARM3(ctx) ((ctx)->dx)
#define PT_REGS_PARM4(ctx) ((ctx)->cx)
#define PT_REGS_PARM5(ctx) ((ctx)->r8)
#define PT_REGS_PARM6(ctx) ((ctx)->r9)
#define PT_REGS_PARM4_SYSCALL(ctx) ((ctx)->r10)
#define PT_REGS_RET(ctx) ((ctx)->sp)
#define PT_REGS_FP(ctx) ((ctx)->bp)
#define PT_REGS_RC(ctx) ((ctx)->ax)
#define PT_REGS_SP(ctx) ((ctx)->sp)
#define PT_REGS_IP(ctx) ((ctx)->ip)

#elif defined(__TARGET_ARCH_arm64) || defined(__aarch64__)
#define bpf_target_arm64 1
#define PT_REGS_PARM1(ctx) ((ctx)->regs[0])
#define PT_REGS_PARM2(ctx) ((ctx)->regs[1])
#define PT_REGS_PARM3(ctx) ((ctx)->regs[2])
#define PT_REGS_PARM4(ctx) ((ctx)->regs[3])
#define PT_REGS_PARM5(ctx) ((ctx)->regs[4])
#define PT_REGS_PARM6(ctx) ((ctx)->regs[5])
#define PT_REGS_PARM1_SYSCALL(ctx) ((ctx)->orig_x0)
#define PT_REGS_RET(ctx) ((ctx)->regs[30])
#define PT_REGS_FP(ctx) ((ctx)->regs[29])
#define PT_REGS_RC(ctx) ((ctx)->regs[0])
#define PT_REGS_SP(ctx) ((ctx)->sp)
#define PT_REGS_IP(ctx) ((ctx)->pc)

#elif defined(__TARGET_ARCH_s390) || defined(__s390x__)
#define bpf_target_s390x 1
#define PT_REGS_PARM1(ctx) ((ctx)->gprs[2])
#define PT_REGS_PARM2(ctx) ((ctx)->gprs[3])
#define PT_REGS_PARM3(ctx) ((ctx)->gprs[4])
#define PT_REGS_PARM4(ctx) ((ctx)->gprs[5])
#define PT_REGS_PARM5(ctx) ((ctx)->gprs[6])
#define PT_REGS_PARM1_SYSCALL(ctx) ((ctx)->orig_gpr2)
#define PT_REGS_RET(ctx) ((ctx)->gprs[14])
#define PT_REGS_FP(ctx) ((ctx)->gprs[11])
#define PT_REGS_RC(ctx) ((ctx)->gprs[2])
#define PT_REGS_SP(ctx) ((ctx)->gprs[15])
#define PT_REGS_IP(ctx) ((ctx)->psw.addr)

#elif defined(__TARGET_ARCH_powerpc) || defined(__powerpc64__)
#define bpf_target_powerpc 1
#define PT_REGS_PARM1(ctx) ((ctx)->gpr[3])
#define PT_REGS_PARM2(ctx) ((ctx)->gpr[4])
#define PT_REGS_PARM3(ctx) ((ctx)->gpr[5])
#define PT_REGS_PARM4(ctx) ((ctx)->gpr[6])
#define PT_REGS_PARM5(ctx) ((ctx)->gpr[7])
#define PT_REGS_PARM6(ctx) ((ctx)->gpr[8])
#define PT_REGS_RC(ctx) ((ctx)->gpr[3])
#define PT_REGS_SP(ctx) ((ctx)->gpr[1])
#define PT_REGS_IP(ctx) ((ctx)->nip)

#elif defined(__TARGET_ARCH_riscv) || defined(__riscv)
#define bpf_target_riscv64 1
#define PT_REGS_PARM1(ctx) ((ctx)->a0)
#define PT_REGS_PARM2(ctx) ((ctx)->a1)
#define PT_REGS_PARM3(ctx) ((ctx)->a2)
#define PT_REGS_PARM4(ctx) ((ctx)->a3)
#define PT_REGS_PARM5(ctx) ((ctx)->a4)
#define PT_REGS_PARM6(ctx) ((ctx)->a5)
#define PT_REGS_PARM1_SYSCALL(ctx) ((ctx)->orig_a0)
#define PT_REGS_RET(ctx) ((ctx)->ra)
#define PT_REGS_FP(ctx) ((ctx)->s0)
#define PT_REGS_RC(ctx) ((ctx)->a0)
#define PT_REGS_SP(ctx) ((ctx)->sp)
#define PT_REGS_IP(ctx) ((ctx)->epc)

#elif defined(__TARGET_ARCH_loongarch) || defined(__loongarch64)
#define bpf_target_loongarch 1
#define PT_REGS_PARM1(ctx) ((ctx)->regs[4])
#define PT_REGS_PARM2(ctx) ((ctx)->regs[5])
#define PT_REGS_PARM3(ctx) ((ctx)->regs[6])
#define PT_REGS_PARM4(ctx) ((ctx)->regs[7])
#define PT_REGS_PARM5(ctx) ((ctx)->regs[8])
#define PT_REGS_PARM6(ctx) ((ctx)->regs[9])
#define PT_REGS_PARM1_SYSCALL(ctx) ((ctx)->orig_a0)
#define PT_REGS_RET(ctx) ((ctx)->regs[1])
#define PT_REGS_FP(ctx) ((ctx)->regs[22])
#define PT_REGS_RC(ctx) ((ctx)->regs[4])
#define PT_REGS_SP(ctx) ((ctx)->regs[3])
#define PT_REGS_IP(ctx) ((ctx)->csr_era)

#elif defined(__TARGET_ARCH_mips) || defined(__mips64)
#define bpf_target_mips 1
#define PT_REGS_PARM1(ctx) ((ctx)->regs[4])
#define PT_REGS_PARM2(ctx) ((ctx)->regs[5])
#define PT_REGS_PARM3(ctx) ((ctx)->regs[6])
#define PT_REGS_PARM4(ctx) ((ctx)->regs[7])
#define PT_REGS_PARM5(ctx) ((ctx)->regs[8])
#define PT_REGS_PARM6(ctx) ((ctx)->regs[9])
#define PT_REGS_RET(ctx) ((ctx)->regs[31])
#define PT_REGS_FP(ctx) ((ctx)->regs[30])
#define PT_REGS_RC(ctx) ((ctx)->regs[2])
#define PT_REGS_SP(ctx) ((ctx)->regs[29])
#define PT_REGS_IP(ctx) ((ctx)->cp0_epc)

#else
#error "no __TARGET_ARCH_<processor> is defined: whose registers are meant?"
#endif

// A system call's arguments are where the system call left them, which is not always where a function's would be.
#ifndef PT_REGS_PARM1_SYSCALL
#define PT_REGS_PARM1_SYSCALL(ctx) PT_REGS_PARM1(ctx)
#endif
#define PT_REGS_PARM2_SYSCALL(ctx) PT_REGS_PARM2(ctx)
#define PT_REGS_PARM3_SYSCALL(ctx) PT_REGS_PARM3(ctx)
#ifndef PT_REGS_PARM4_SYSCALL
#define PT_REGS_PARM4_SYSCALL(ctx) PT_REGS_PARM4(ctx)
#endif
#define PT_REGS_PARM5_SYSCALL(ctx) PT_REGS_PARM5(ctx)
#ifdef PT_REGS_PARM6
#define PT_REGS_PARM6_SYSCALL(ctx) PT_REGS_PARM6(ctx)
#endif

// Where the system call's wrapper takes one argument, the caller's registers, they are what is wanted.
#if defined(CONFIG_ARCH_HAS_SYSCALL_WRAPPER) && !defined(bpf_target_s390x)
#define PT_REGS_SYSCALL_CTX(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))
#else
#define PT_REGS_SYSCALL_CTX(ctx) (ctx)
#endif
