// bashreadline - one row for each line that is typed at a prompt of bash.
#include "tool.h"

TOOL("Trace commands typed into bash.");
OPTION(path_t, shared, 's', "shared", "the library readline that bash is linked to, if it is no part of bash")
    VALUE("LIB") OPTIONAL_VALUE("/lib/libreadline.so");
OVERHEAD("Nothing but when somebody types a line into bash.");
EXAMPLE("sonde bashreadline", "what is typed into every bash of this machine");
SESSION("sonde bashreadline",
        "TIME      PID     COMMAND\n"
        "22:52:47  241     df -h\n"
        "22:52:47  241     systemctl restart web\n"
        "22:52:48  241     exit");

struct event {
  wall_time_t at COLUMN("TIME", -9);
  pid_t pid COLUMN("PID", -7);
  string_t command COLUMN("COMMAND", 0);
};
ROWS(events, struct event);

SONDE_INLINE int note(const char *line) {
  char comm[TASK_COMM_LEN];
  bpf_get_current_comm(comm, sizeof(comm));
  bool is_bash = comm[0] == 'b' && comm[1] == 'a' && comm[2] == 's' && comm[3] == 'h' && !comm[4];
  if (!line || !is_bash || !is_wanted()) return 0;
  struct event *event = new_string_row(events, command, line);
  if (!event) return 0;
  event->at = bpf_ktime_get_ns();
  event->pid = current_pid();
  send_string_row(events, event, command);
  return 0;
}

ONLY_UNLESS(shared) ON_USER_RETURN(in_bash, "/bin/bash", "readline") { return note((const char *)RETURNED); }
ONLY_IF(shared) EITHER(readline) ON_USER_RETURN(in_teardown, "{shared}", "readline_internal_teardown") {
  return note((const char *)RETURNED);
}
ONLY_IF(shared) OR_ELSE(readline) ON_USER_RETURN(in_library, "{shared}", "readline") {
  return note((const char *)RETURNED);
}
