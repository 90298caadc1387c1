// Programs with C parameters: BPF_PROG, BPF_KPROBE, BPF_KSYSCALL and their like, as BCC and libbpf spell them.
// Each defines the program, which takes the context, and a static function with the user's parameters and body that it
// calls. `signed` is an int whether or not the user wrote int in front, as libbpf wants and BCC does not.
#pragma once

#include <sonde/helpers.h>

#define SONDE_PROGRAM(name, context, call, args...) \
  signed name(context); \
  static __always_inline __typeof__(name(0)) ____##name(context, ##args); \
  __typeof__(name(0)) name(context) { \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wint-conversion\"") \
    return ____##name(call); \
    _Pragma("clang diagnostic pop") \
  } \
  static __always_inline __typeof__(name(0)) ____##name(context, ##args)

// The context is an array of u64: fentry, fexit, raw tracepoints with BTF, LSM.
#define BPF_PROG(name, args...) \
  SONDE_PROGRAM(name, unsigned long long *ctx, SONDE_JOIN(SONDE_CTX_, SONDE_COUNT(args))(args), ##args)
#define SONDE_CTX_0() ctx
#define SONDE_CTX_1(x) ctx, (void *)ctx[0]
#define SONDE_CTX_2(x, ...) SONDE_CTX_1(__VA_ARGS__), (void *)ctx[1]
#define SONDE_CTX_3(x, ...) SONDE_CTX_2(__VA_ARGS__), (void *)ctx[2]
#define SONDE_CTX_4(x, ...) SONDE_CTX_3(__VA_ARGS__), (void *)ctx[3]
#define SONDE_CTX_5(x, ...) SONDE_CTX_4(__VA_ARGS__), (void *)ctx[4]
#define SONDE_CTX_6(x, ...) SONDE_CTX_5(__VA_ARGS__), (void *)ctx[5]
#define SONDE_CTX_7(x, ...) SONDE_CTX_6(__VA_ARGS__), (void *)ctx[6]
#define SONDE_CTX_8(x, ...) SONDE_CTX_7(__VA_ARGS__), (void *)ctx[7]
#define SONDE_CTX_9(x, ...) SONDE_CTX_8(__VA_ARGS__), (void *)ctx[8]
#define SONDE_CTX_10(x, ...) SONDE_CTX_9(__VA_ARGS__), (void *)ctx[9]
#define SONDE_CTX_11(x, ...) SONDE_CTX_10(__VA_ARGS__), (void *)ctx[10]
#define SONDE_CTX_12(x, ...) SONDE_CTX_11(__VA_ARGS__), (void *)ctx[11]

// The context is registers: kprobe, uprobe.
#define BPF_KPROBE(name, args...) \
  SONDE_PROGRAM(name, struct pt_regs *ctx, SONDE_JOIN(SONDE_PARM_, SONDE_COUNT(args))(args), ##args)
#define SONDE_PARM_0() ctx
#define SONDE_PARM_1(x) ctx, (void *)PT_REGS_PARM1(ctx)
#define SONDE_PARM_2(x, ...) SONDE_PARM_1(__VA_ARGS__), (void *)PT_REGS_PARM2(ctx)
#define SONDE_PARM_3(x, ...) SONDE_PARM_2(__VA_ARGS__), (void *)PT_REGS_PARM3(ctx)
#define SONDE_PARM_4(x, ...) SONDE_PARM_3(__VA_ARGS__), (void *)PT_REGS_PARM4(ctx)
#define SONDE_PARM_5(x, ...) SONDE_PARM_4(__VA_ARGS__), (void *)PT_REGS_PARM5(ctx)
#define SONDE_PARM_6(x, ...) SONDE_PARM_5(__VA_ARGS__), (void *)PT_REGS_PARM6(ctx)

// kretprobe, uretprobe: the parameter is what the function returned.
#define BPF_KRETPROBE(name, args...) \
  SONDE_PROGRAM(name, struct pt_regs *ctx, SONDE_JOIN(SONDE_RETURN_, SONDE_COUNT(args))(args), ##args)
#define SONDE_RETURN_0() ctx
#define SONDE_RETURN_1(x) ctx, (void *)PT_REGS_RC(ctx)

#define BPF_UPROBE(name, args...) BPF_KPROBE(name, ##args)
#define BPF_URETPROBE(name, args...) BPF_KRETPROBE(name, ##args)

// A kprobe on a system call's function; the parameters are the system call's.
#define BPF_KSYSCALL(name, args...) \
  SONDE_PROGRAM(name, struct pt_regs *ctx, SONDE_JOIN(SONDE_SYSCALL_, SONDE_COUNT(args))(args), ##args)
#define BPF_KPROBE_SYSCALL BPF_KSYSCALL
#define SONDE_SYSCALL_ARGUMENT(which) \
  ({ struct pt_regs *caller_ = (struct pt_regs *)PT_REGS_SYSCALL_CTX(ctx); unsigned long value_; \
     bpf_probe_read_kernel(&value_, sizeof(value_), &which(caller_)); (void *)value_; })
#define SONDE_SYSCALL_0() ctx
#define SONDE_SYSCALL_1(x) ctx, SONDE_SYSCALL_ARGUMENT(PT_REGS_PARM1_SYSCALL)
#define SONDE_SYSCALL_2(x, ...) SONDE_SYSCALL_1(__VA_ARGS__), SONDE_SYSCALL_ARGUMENT(PT_REGS_PARM2_SYSCALL)
#define SONDE_SYSCALL_3(x, ...) SONDE_SYSCALL_2(__VA_ARGS__), SONDE_SYSCALL_ARGUMENT(PT_REGS_PARM3_SYSCALL)
#define SONDE_SYSCALL_4(x, ...) SONDE_SYSCALL_3(__VA_ARGS__), SONDE_SYSCALL_ARGUMENT(PT_REGS_PARM4_SYSCALL)
#define SONDE_SYSCALL_5(x, ...) SONDE_SYSCALL_4(__VA_ARGS__), SONDE_SYSCALL_ARGUMENT(PT_REGS_PARM5_SYSCALL)
#define SONDE_SYSCALL_6(x, ...) SONDE_SYSCALL_5(__VA_ARGS__), SONDE_SYSCALL_ARGUMENT(PT_REGS_PARM6_SYSCALL)
