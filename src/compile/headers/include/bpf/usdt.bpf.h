// libbpf's macros for USDT probes: BPF_USDT(program, arguments...), and arguments by their numbers, from 0 on.
#pragma once

#include <bpf/bpf_tracing.h>

#define bpf_usdt_arg(ctx, number, result) \
  ({ *(result) = 0; sonde_usdt_readarg((number) + 1, ctx, result, sizeof(*(result))); })
#define bpf_usdt_cookie(ctx) ((long)bpf_get_attach_cookie(ctx))

#define BPF_USDT(name, args...) \
  SONDE_PROGRAM(name, struct pt_regs *ctx, SONDE_JOIN(SONDE_USDT_, SONDE_COUNT(args))(args), ##args)
#define SONDE_USDT_ARGUMENT(number) ({ long value_; bpf_usdt_arg(ctx, number, &value_); (void *)value_; })
#define SONDE_USDT_0() ctx
#define SONDE_USDT_1(x) ctx, SONDE_USDT_ARGUMENT(0)
#define SONDE_USDT_2(x, ...) SONDE_USDT_1(__VA_ARGS__), SONDE_USDT_ARGUMENT(1)
#define SONDE_USDT_3(x, ...) SONDE_USDT_2(__VA_ARGS__), SONDE_USDT_ARGUMENT(2)
#define SONDE_USDT_4(x, ...) SONDE_USDT_3(__VA_ARGS__), SONDE_USDT_ARGUMENT(3)
#define SONDE_USDT_5(x, ...) SONDE_USDT_4(__VA_ARGS__), SONDE_USDT_ARGUMENT(4)
#define SONDE_USDT_6(x, ...) SONDE_USDT_5(__VA_ARGS__), SONDE_USDT_ARGUMENT(5)
#define SONDE_USDT_7(x, ...) SONDE_USDT_6(__VA_ARGS__), SONDE_USDT_ARGUMENT(6)
#define SONDE_USDT_8(x, ...) SONDE_USDT_7(__VA_ARGS__), SONDE_USDT_ARGUMENT(7)
#define SONDE_USDT_9(x, ...) SONDE_USDT_8(__VA_ARGS__), SONDE_USDT_ARGUMENT(8)
#define SONDE_USDT_10(x, ...) SONDE_USDT_9(__VA_ARGS__), SONDE_USDT_ARGUMENT(9)
#define SONDE_USDT_11(x, ...) SONDE_USDT_10(__VA_ARGS__), SONDE_USDT_ARGUMENT(10)
#define SONDE_USDT_12(x, ...) SONDE_USDT_11(__VA_ARGS__), SONDE_USDT_ARGUMENT(11)
