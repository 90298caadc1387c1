// Probes that the user names on the command line: functions, tracepoints, USDT probes. A part of tool.h.
#pragma once
#pragma clang system_header

// A positional argument, the specification of probes: PROBES("funccount", "PATTERN", help). `grammar` is the tool whose
// specifications are taken (docs/internals/probes.md). {probes} stands for it in texts, {probe_count} for how many
// places it means.
#define PROBES(grammar, word, help) SONDE_SAYS("probes_argument", grammar, word, help)
// A flag that makes the specification's name a regular expression.
#define PROBES_REGEX_IF(option) SONDE_SAYS("probes_regex_if", #option)

// The place where a program of ON_PROBES runs, shown by its name. Its number counts from 1.
typedef u32 probe_t;
// At each place that the user named; `ctx` is different at functions and tracepoints: registers or a record.
#define ON_PROBES(function_name) SONDE_ANNOTATE("probes") int function_name(void *ctx)
#define probe_here(ctx) ((probe_t)bpf_get_attach_cookie(ctx))

// A table whose key is the probe: one entry for each, found without searching. Counts go on over reports, which show
// what came since the one before. `value` is a struct of numbers.
#define TABLE_OF_PROBES(name, value)                                                                                \
  struct sonde_key_of_##name {                                                                                      \
    probe_t probe COLUMN("FUNC", -36);                                                                              \
  };                                                                                                                \
  BPF_TABLE("percpu_array", struct sonde_key_of_##name, value, name, 1);                                            \
  SONDE_SAYS("per_probe", #name);                                                                                   \
  extern int name##_table SONDE_ANNOTATE("table", #name)
// The value of the probe that runs; NULL never, but the verifier wants to see it asked.
#define at_probe(name, ctx)                                                                                         \
  ({                                                                                                                \
    struct sonde_key_of_##name key_ = {probe_here(ctx)};                                                            \
    name.lookup(&key_);                                                                                             \
  })
