// libbpf's words beyond those that are in every program.
#pragma once

#include <sonde/helpers.h>

#define bpf_ksym_exists(symbol) ({ !!&symbol; })
#define __bpf_unreachable __builtin_unreachable
#define bpf_tail_call_static(ctx, map, slot) bpf_tail_call(ctx, (void *)(map), slot)

enum libbpf_pin_type { LIBBPF_PIN_NONE, LIBBPF_PIN_BY_NAME };
enum libbpf_tristate { TRI_NO = 0, TRI_YES = 1, TRI_MODULE = 2 };

#define BPF_SNPRINTF(out, out_size, fmt, ...) \
  ({ static const char fmt_[] = fmt; u64 values_[] = {SONDE_PRINTK_VALUES(0, ##__VA_ARGS__)}; \
     bpf_snprintf(out, out_size, fmt_, values_ + 1, sizeof(values_) - 8); })
