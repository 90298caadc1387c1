// Where a tool looks: each hook is a function of its own. A part of tool.h.
#pragma once
#pragma clang system_header

#define ON_SYSCALL(name, ...) int kprobe__sys_##name(struct pt_regs *ctx, ##__VA_ARGS__)
#define ON_SYSCALL_RETURN(name) int kretprobe__sys_##name(struct pt_regs *ctx)
// When the call is over, with its arguments at hand: EITHER(openat) AFTER_SYSCALL(openat). Where the kernel cannot do
// that, OR_ELSE(openat) ON_SYSCALL(openat) and OR_ELSE(openat) ON_SYSCALL_RETURN(openat) have to.
#define AFTER_SYSCALL(name)                                                                                         \
  SONDE_ANNOTATE("unpreempted") int kretfunc__vmlinux__sys_##name(unsigned long long *ctx);                         \
  SONDE_INLINE int sonde_after_##name(const unsigned long *arguments_, long result_);                               \
  int kretfunc__vmlinux__sys_##name(unsigned long long *ctx) {                                                      \
    struct pt_regs copy = {}, *registers = &copy;                                                                   \
    bpf_probe_read_kernel(registers, sizeof(copy), (void *)ctx[0]);                                                 \
    unsigned long arguments[] = {PT_REGS_PARM1_SYSCALL(registers), PT_REGS_PARM2_SYSCALL(registers),                \
                                 PT_REGS_PARM3_SYSCALL(registers), PT_REGS_PARM4_SYSCALL(registers)};               \
    return sonde_after_##name(arguments, ctx[1]);                                                                   \
  }                                                                                                                 \
  SONDE_INLINE int sonde_after_##name(const unsigned long *arguments_, long result_)
#define ARGUMENT_OF(number) arguments_[number]
#define RESULT result_
#define ON_KERNEL(function, ...) int kprobe__##function(struct pt_regs *ctx, ##__VA_ARGS__)
#define ON_KERNEL_RETURN(function) int kretprobe__##function(struct pt_regs *ctx)
#define RETURNED PT_REGS_RC(ctx)
// `args` points to the event's record: struct trace_event_raw_… of the kernel, of which kernel.h says the fields.
#define ON_TRACEPOINT(category, event, record) int tracepoint__##category##__##event(record *args)
#define ON_RAW_TRACEPOINT(event) int raw_tracepoint__##event(struct bpf_raw_tracepoint_args *ctx)
// One of these functions of the kernel, with blanks between them: the first that it has. For what compilers rename.
#define ON_FIRST_OF(function_name, functions, ...) \
  SONDE_ANNOTATE("kprobe", functions) int function_name(struct pt_regs *ctx, ##__VA_ARGS__)
// Functions of user programs; the library's name as for ld(1), or a path.
#define ON_USER(function_name, library, symbol, ...) \
  SONDE_ANNOTATE("uprobe", library, symbol) int function_name(struct pt_regs *ctx, ##__VA_ARGS__)
#define ON_USER_RETURN(function_name, library, symbol) \
  SONDE_ANNOTATE("uretprobe", library, symbol) int function_name(struct pt_regs *ctx)
// On every CPU, so many times a second; `frequency` names an option.
#define ON_SAMPLE(function_name, frequency) \
  SONDE_ANNOTATE("sample", #frequency) int function_name(struct bpf_perf_event_data *ctx)
// The same, or each so many events where `period` is not 0; on one CPU where `cpu` is not negative. It counts cycles
// where the machine has a counter for them.
#define ON_CYCLES(function_name, frequency, period, cpu) \
  SONDE_ANNOTATE("cycles", #frequency, #period, #cpu) int function_name(struct bpf_perf_event_data *ctx)

// Each so many events that the CPU counts; `period` names an option. Names are perf's: "cache-misses".
#define ON_COUNTER(function_name, counter, period) \
  SONDE_ANNOTATE("counter", counter, #period) int function_name(struct bpf_perf_event_data *ctx)

// Before a hook: attached if the option is on; if the kernel has no such place, the tool runs without it.
#define ONLY_IF(option) SONDE_ANNOTATE("if", #option)
#define ONLY_UNLESS(option) SONDE_ANNOTATE("unless", #option)
#define OPTIONAL SONDE_ANNOTATE("optional")
// Before hooks that do the same at different places: all hooks with EITHER(name) are attached, or where this kernel
// lacks one of them, all with OR_ELSE(name); OR_NOTHING(name) says that the tool runs without them. `name` is any word.
#define EITHER(name) SONDE_ANNOTATE("alternative", #name, 0)
#define OR_ELSE(name) SONDE_ANNOTATE("alternative", #name, 1)
#define OR_NOTHING(name) SONDE_SAYS("alternative", #name, 1)
// The same for more than two: sets of hooks are tried in their order, from 0.
#define ALTERNATIVE(name, order) SONDE_ANNOTATE("alternative", #name, order)
