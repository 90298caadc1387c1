// oomkill - one line for each process that the kernel kills for want of memory: who asked for too much, who had to go.
#include "tool.h"

TOOL("Trace processes killed because memory ran out.");
INTRO("Tracing OOM kills... Ctrl-C to stop.");
OVERHEAD("Nothing until the kernel kills.");
EXAMPLE("sonde oomkill", "who is killed, for whose sake, and where");
SESSION("sonde oomkill",
        "Tracing OOM kills... Ctrl-C to stop.\n"
        "23:11:11 Triggered by PID 190 (\"python3\"), OOM kill of PID 190 (\"python3\"), 8192 pages, loadavg: 0.23 0.05 0.02 3/68 190\n"
        "        oom_kill_process+0x1 [kernel]\n"
        "        out_of_memory+0x257 [kernel]\n"
        "        mem_cgroup_out_of_memory+0x12a [kernel]");

struct event {
  wall_time_t at COLUMN("TIME", -8);
  pid_t pid COLUMN("PID", -7);
  comm_t comm COLUMN("COMM", -16);
  pid_t victim COLUMN("VICTIM", -7);
  comm_t victim_comm COLUMN("VCOMM", -16);
  u64 pages COLUMN("PAGES", 0);
  kernel_frames_t stack COLUMN("STACK", 0);
};
ROWS(events, struct event);
LINE(events, "{time} Triggered by PID {pid} (\"{comm}\"), OOM kill of PID {victim} (\"{victim_comm}\"), {pages} pages, "
             "loadavg: {loadavg}{stack}");

EITHER(kill) ON_KERNEL(oom_kill_process, struct oom_control *oc) {
  struct task_struct *victim = oc->chosen;
  if (!is_wanted_task(victim)) return 0;
  struct event *event = new_row(events);
  if (!event) return 0;
  event->at = bpf_ktime_get_ns();
  fill_task(event, pid, comm);
  event->victim = pid_of(victim);
  bpf_probe_read_kernel(event->victim_comm, sizeof(event->victim_comm), victim->comm);
  event->pages = oc->totalpages;
  bpf_get_stack(ctx, event->stack.at, sizeof(event->stack.at), 0);
  send_row(events, event);
  return 0;
}

// Where functions cannot be probed: without the number of pages.
struct marked {
  u64 common;
  int pid;
};
OR_ELSE(kill) ON_TRACEPOINT(oom, mark_victim, struct marked) {
  struct event *event = new_row(events);
  if (!event) return 0;
  event->at = bpf_ktime_get_ns();
  fill_task(event, pid, comm);
  event->victim = args->pid;
  bpf_get_stack(args, event->stack.at, sizeof(event->stack.at), 0);
  send_row(events, event);
  return 0;
}
