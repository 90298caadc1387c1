// profile - which code runs on the CPUs: stacks, sampled.
#include "tool.h"

TOOL("Sample the stacks of what runs on the CPUs.");
INTRO("Sampling at {period?{period} events}{!period?{frequency} Hertz} of "
      "{pids?chosen processes}{!pids?{tids?chosen threads}{!tids?all threads}} by "
      "{user_stacks?user}{!user_stacks?{kernel_stacks?kernel}{!kernel_stacks?user + kernel}} stack{end}");
DURATION;
LIST_OPTION(process_t, pids, 'p', "pid", "these processes only") VALUE("PID,...");
LIST_OPTION(thread_t, tids, 'L', "tid", "these threads only") VALUE("TID,...") EXCLUDES(pids);
OPTION(bool, user_stacks, 'U', "user-stacks-only", "no stacks in the kernel");
OPTION(bool, kernel_stacks, 'K', "kernel-stacks-only", "no stacks in user space") EXCLUDES(user_stacks);
OPTION(u64, frequency, 'F', "frequency", "samples a second on each CPU") RANGE(1, 1000000) = 49;
OPTION(u64, period, 'c', "count", "a sample each so many events instead") EXCLUDES(frequency) RANGE(1, 0x7fffffffffffffff);
OPTION(bool, delimited, 'd', "delimited", "a line between the two");
OPTION(bool, annotated, 'a', "annotations", "_[k] behind the kernel's functions, with -f");
OPTION(bool, include_idle, 'I', "include-idle", "idle CPUs as well");
OPTION(bool, addresses, 'A', "addresses", "addresses before functions");
OPTION(u32, hash_storage, 0, "hash-storage-size", "different keys that are kept") ENTRIES_OF(counts) VALUE("N") = 40960;
OPTION(u32, stack_storage, 0, "stack-storage-size", "different stacks that are kept") ENTRIES_OF(stacks) VALUE("N") = 16384;
OPTION(cpu_t, only_cpu, 'C', "cpu", "this CPU only") = -1;
OVERHEAD("Each sample costs a microsecond or two, more with deep stacks: 49 of them a second on each CPU are not to "
         "be seen.");
EXAMPLE("sonde profile 30 --flamegraph cpu.svg", "a flame graph of the next 30 seconds");
EXAMPLE("sonde profile -p 181 -F 99", "what process 181 does, in finer steps");
SESSION("sonde profile -K -F 199 2",
        "Sampling at 199 Hertz of all threads by kernel stack for 2 secs.\n"
        "    chacha_permute\n"
        "    chacha_block_generic\n"
        "    get_random_bytes_user\n"
        "    vfs_read\n"
        "    ksys_read\n"
        "    do_syscall_64\n"
        "    entry_SYSCALL_64_after_hwframe\n"
        "    -                dd (207)\n"
        "        27");

struct key {
  pid_t pid;
  comm_t comm;
  kernel_stack_t kernel;
  user_stack_t user;
};
struct value {
  u64 value COLUMN("samples", 0);
};
TABLE(counts, struct key, struct value, 40960);
AS_STACKS(counts);
STACK_TRACES(stacks, 16384);

#define NOT_ASKED -1

ON_CYCLES(sample, frequency, period, only_cpu) {
  if (!include_idle && (u32)bpf_get_current_pid_tgid() == 0) return 0;
  if (!is_wanted()) return 0;
  if (pids.count && !in_list(pids, current_pid())) return 0;
  if (tids.count && !in_list(tids, current_tid())) return 0;
  struct key key = {.kernel = NOT_ASKED, .user = NOT_ASKED};
  fill_task(&key, pid, comm);
  if (!user_stacks) key.kernel = stack_in(stacks, ctx, 0);
  if (!kernel_stacks) key.user = stack_in(stacks, ctx, BPF_F_USER_STACK);
  struct value *value = entry_of(counts, &key);
  if (value) add_to(value->value, 1);
  return 0;
}
