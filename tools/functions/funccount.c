// funccount - how often functions, tracepoints and USDT probes are called.
#include "tool.h"

TOOL("Count calls of functions, tracepoints and USDT probes.");
INTRO("Tracing {probe_count} functions for \"{probes}\"... Hit Ctrl-C to end.");
PROBES("funccount", "PATTERN",
       "what to count: vfs_read, 'tcp_*', c:malloc, /path/to/program:'name*', t:block:*, u:LIBRARY:PROBE");
INTERVAL_OPTION;
OPTION(bool, regular_expression, 'r', "regexp", "PATTERN is a regular expression");
OPTION(bool, timestamp, 'T', "timestamp", "print the time before each report");
OPTION(cpu_t, cpu, 'c', "cpu", "calls on this CPU only") = -1;
PROBES_REGEX_IF(regular_expression);
HEADING_IF(timestamp, "{time}");
NOTES("All functions of a pattern are attached in one link where the kernel has such links (Linux 5.18 for its own "
      "functions, 6.6 for those of programs), one by one elsewhere.");
OVERHEAD("A hook for each call, some ten nanoseconds: little for a function that is called a thousand times a second, "
         "much for all functions of the scheduler.");
EXAMPLE("sonde funccount 'vfs_*'", "functions of the kernel whose names begin with vfs_");
EXAMPLE("sonde funccount -i 1 -d 10 c:malloc", "malloc() of all processes, each second for ten seconds");
EXAMPLE("sonde funccount 't:block:*'", "tracepoints");
EXAMPLE("sonde funccount -p 181 u::gc__start", "a USDT probe of process 181, whichever of its files has it");
SESSION("sonde funccount -d 2 't:syscalls:sys_enter_get*id'",
        "Tracing 11 functions for \"t:syscalls:sys_enter_get*id\"... Hit Ctrl-C to end.\n"
        "FUNC                                    COUNT\n"
        "syscalls:sys_enter_getresgid                1\n"
        "syscalls:sys_enter_getresuid                1\n"
        "syscalls:sys_enter_getppid                  3\n"
        "syscalls:sys_enter_gettid                   6\n"
        "syscalls:sys_enter_getegid                 17\n"
        "syscalls:sys_enter_getgid                  17\n"
        "syscalls:sys_enter_getuid                  17\n"
        "syscalls:sys_enter_geteuid                 36\n"
        "syscalls:sys_enter_getpid                 109");

struct value {
  u64 count COLUMN("COUNT", 8);
};
TABLE_OF_PROBES(counts, struct value);
SORTED_UP_BY(counts, "count");

ON_PROBES(count_call) {
  if (!is_wanted() || (cpu != (u32)-1 && cpu != bpf_get_smp_processor_id())) return 0;
  struct value *value = at_probe(counts, ctx);
  if (value) add_to(value->count, 1);
  return 0;
}
