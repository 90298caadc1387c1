// execsnoop - one row for each program that is executed, with its arguments; also calls of execve(2) and execveat(2)
// that failed.
#include "tool.h"

TOOL("Trace new programs with their arguments.");
OPTION(bool, time, 'T', "time", "show the time of day");
OPTION(bool, timestamp, 't', "timestamp", "show the time since the start");
OPTION(bool, fails, 'x', "fails", "also calls that failed");
OPTION(bool, print_uid, 'U', "print-uid", "show the user's number");
OPTION(bool, cpu, 'C', "cpu", "show the CPU");
OPTION(bool, parent_comm, 'M', "parent-comm", "show the parent's command");
OPTION(bool, quote, 'q', "quote", "arguments in quotes");
OPTION(text_t, name, 'n', "name", "only commands that match") MATCHING(comm) VALUE("REGEX");
OPTION(text_t, line, 'l', "line", "only where the arguments match") MATCHING(args) VALUE("REGEX");
OPTION(u32, ppid, 'P', "ppid", "only children of this process") VALUE("PID") RANGE(1, 4194304);
OPTION(u32, max_args, 0, "max-args", "arguments to show at most") VALUE("N") RANGE(1, 1000000) = 20;
NOTES("The first argument is the file that is executed, not argv[0]; where a call names it by a descriptor, it is the "
      "kernel's name, /dev/fd/3. Arguments are shown up to 16 KB together, those of a call that failed up to 4 KB "
      "each, 64 at the most; … stands for what is cut, ... for arguments left out. What the kernel had not read of a "
      "call that failed may be [unreadable]: the page is not in memory. With --json such an argument is null, and "
      "args_cut says that not all is shown.");
OVERHEAD("A hook for each new program, a microsecond: little beside the start of a program. With -x two more for each "
         "call.");
EXAMPLE("sonde execsnoop -T", "with the time of day");
EXAMPLE("sonde execsnoop -x -u www-data", "also failures, of one user");
SESSION("sonde execsnoop",
        "PCOMM            PID     PPID    RET ARGS\n"
        "sh               188     175       0 /usr/bin/sh -c ls /etc >/dev/null; date >/dev/null; uname -r >/dev/null\n"
        "ls               189     188       0 /usr/bin/ls /etc\n"
        "date             190     188       0 /usr/bin/date\n"
        "uname            191     188       0 /usr/bin/uname -r");

struct event {
  wall_time_t at COLUMN("TIME", -8) SHOWN_IF(time);
  timestamp_t ts COLUMN("TIME(s)", -7) SHOWN_IF(timestamp);
  u32 uid COLUMN("UID", -5) SHOWN_IF(print_uid);
  comm_t comm COLUMN("PCOMM", -16);
  pid_t pid COLUMN("PID", -7);
  comm_t parent COLUMN("PARENT", -16) SHOWN_IF(parent_comm);
  pid_t parent_pid COLUMN("PPID", -7);
  u32 on_cpu COLUMN("CPU", -3) SHOWN_IF(cpu);
  s32 ret COLUMN("RET", 3);
  arguments_t args COLUMN("ARGS", 0);
};
ROWS(events, struct event);

// With -x. A program may start between a call's end and its row: each has a row of its own.
struct call {
  const char *file;
  const char *const *words;
};
PER_THREAD(struct call, pending);
BPF_PERCPU_ARRAY(failed, struct event, 1);
USED_IF(failed, fails);

SONDE_INLINE bool is_child(void) { return !ppid || parent_pid() == ppid; }

SONDE_INLINE void fill(struct event *event, int result) {
  struct task_struct *parent = current_task()->real_parent;
  event->at = event->ts = bpf_ktime_get_ns();
  fill_task(event, pid, uid, comm);
  event->parent_pid = pid_of(parent);
  event->on_cpu = bpf_get_smp_processor_id();
  event->ret = result;
  bpf_probe_read_kernel(event->parent, sizeof(event->parent), parent->comm);
  event->args.in_quotes = quote;
  event->args.at_most = max_args;
  event->args.is_cut = 0;
  clear_texts(&event->args.texts);
}

// --- programs --------------------------------------------------------------------------------------------------------

// The words stand one behind the other in the new process's memory, where the kernel has just written them.
SONDE_INLINE void add_words_of_process(arguments_t *args) {
  unsigned long start = current_task()->mm->arg_start, bytes = current_task()->mm->arg_end - start;
  u32 at = args->texts.length;
  barrier_var(at);  // or the compiler leaves out the test that the kernel needs
  if (at > SONDE_STRING) return;
  if (bytes > SONDE_TEXTS) {
    bytes = SONDE_TEXTS;
    args->is_cut = 1;
  }
  long failed = sonde_note_unread(bpf_probe_read_user(args->texts.bytes + at, bytes, (void *)start));
  if (failed) args->texts.unread = ~1ull;
  else args->texts.length = at + bytes;
}

ON_RAW_TRACEPOINT(sched_process_exec) {
  struct linux_binprm *program = (struct linux_binprm *)ctx->args[2];
  if (fails) per_key_erase(pending, (u32)ctx->args[1]);  // the thread's number before
  struct event *event = is_wanted() && is_child() ? row_here(events) : NULL;
  if (!event) return 0;
  fill(event, 0);
  event->args.of = program->interp == program->filename ? OF_PROCESS : OF_SCRIPT;
  add_kernel_text(&event->args.texts, program->filename, SONDE_STRING);
  add_words_of_process(&event->args);
  send_texts(events, event, args.texts);
  return 0;
}

// --- calls that failed -----------------------------------------------------------------------------------------------

// When the call is over: what the kernel itself has read is in memory then.
SONDE_INLINE void add_words_of_call(arguments_t *args, const char *const *words) {
  for (u32 i = 1; words && i <= SONDE_TEXTS_MARKED; i++) {
    const char *word = 0;
    bool is_unread = bpf_probe_read_user(&word, sizeof(word), &words[i]);
    if (!is_unread && !word) break;
    if (i >= max_args || !add_user_text(&args->texts, is_unread ? (void *)-1 : word)) args->is_cut = 1;
    if (is_unread || args->is_cut) break;
  }
}

SONDE_INLINE int begin(const char *file, const char *const *words) {
  if (is_wanted() && is_child()) per_thread_store(pending, ((struct call){file, words}));
  return 0;
}

SONDE_INLINE int end(int result) {
  int zero = 0;
  struct call call;
  if (!per_thread_pop(pending, &call) || result >= 0) return 0;
  struct event *event = failed.lookup(&zero);
  if (!event) return 0;
  fill(event, result);
  event->args.of = OF_CALL;
  add_user_text(&event->args.texts, call.file);
  add_words_of_call(&event->args, call.words);
  send_texts(events, event, args.texts);
  return 0;
}

ONLY_IF(fails) ON_SYSCALL(execve, const char *file, const char *const *words) { return begin(file, words); }
ONLY_IF(fails) ON_SYSCALL_RETURN(execve) { return end(RETURNED); }
OPTIONAL ONLY_IF(fails) ON_SYSCALL(execveat, int directory, const char *file, const char *const *words) {
  return begin(file, words);
}
OPTIONAL ONLY_IF(fails) ON_SYSCALL_RETURN(execveat) { return end(RETURNED); }
