// Maps of stack traces.
#pragma once
#pragma clang system_header
#include <sonde/map_losses.h>
#include <sonde/map_tables.h>

struct bpf_stacktrace {
  unsigned long long ip[BPF_MAX_STACK_DEPTH];
};
struct bpf_stack_build_id {
  int status;
  unsigned char build_id[20];
  union {
    unsigned long long offset;
    unsigned long long ip;
  };
};
struct bpf_stacktrace_buildid {
  struct bpf_stack_build_id trace[BPF_MAX_STACK_DEPTH];
};

// The next power of two, in an expression that the compiler folds for any constant n up to 2^31.
#define SONDE_ROUND_UP(n) ((n) <= 1 ? 1 : 1u << (32 - __builtin_clz(((n) - 1) | 1)))
#define BPF_STACK_TRACE(name, entries) SONDE_STACKS(struct bpf_stacktrace, name, entries, 0)
#define BPF_STACK_TRACE_BUILDID(name, entries) SONDE_STACKS(struct bpf_stacktrace_buildid, name, entries, 32)

#define SONDE_COUNTED(name, id) sonde_count_lost_stack(&__sonde_lost_##name, id)
#define SONDE_STACKS(L, name, entries, map_flag)                                                                    \
  SONDE_LOST_MAP(name);                                                                                             \
  SONDE_F_TABLE("stacktrace", int, L, name, SONDE_ROUND_UP(entries), map_flag, SONDE_COUNTED)
