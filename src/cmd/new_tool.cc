// `sonde new NAME`: a tool that works, to be changed into another one.
#include <sys/stat.h>

#include <algorithm>
#include <cctype>

#include <CLI/CLI.hpp>

#include "base/output_file.h"
#include "base/standard_output.h"
#include "cmd/commands.h"

namespace sonde::cmd {
namespace {

// {0}: the name.
constexpr const char* kSkeleton = R"C(// {0} - system calls of read(2) that took longer than a threshold.
//
//   sonde run {0}.c 500            those slower than 500 microseconds
//   sonde run {0}.c -h             its options; --json, --csv and filters by process come by themselves
//   sonde cc {0}.c -o {0}.o      for machines without a compiler: sonde run {0}.o
#include "tool.h"

TOOL("Trace reads slower than a threshold.");
INTRO("Tracing reads slower than {{min_us}} us... Hit Ctrl-C to end.");
ARGUMENT(u64, min_us, "min_us", "microseconds from which on a read is shown") = 10000;
OPTION(bool, timestamp, 'T', "timestamp", "show the time since the start");

// A field with a COLUMN is shown; its type says how.
struct row {{
  timestamp_t ts        COLUMN("TIME(s)", -12) SHOWN_IF(timestamp);
  pid_t pid             COLUMN("PID", -7);
  comm_t comm           COLUMN("COMM", -16);
  u64 bytes             COLUMN("BYTES", 8);
  duration_ns_t latency COLUMN("LAT(ms)", 8) UNIT("ms") DIGITS(2);
}};
ROWS(rows, struct row);

struct call {{
  u64 began;
  u64 bytes;
}};
PER_THREAD(struct call, calls);

ON_SYSCALL(read, int fd, char *buffer, size_t bytes) {{
  if (is_wanted()) per_thread_store(calls, ((struct call){{bpf_ktime_get_ns(), bytes}}));
  return 0;
}}

ON_SYSCALL_RETURN(read) {{
  struct call call;
  u64 now = bpf_ktime_get_ns();
  if (!per_thread_pop(calls, &call) || now - call.began < min_us * 1000) return 0;
  struct row *row = new_row(rows);
  if (!row) return 0;
  row->ts = now;
  fill_task(row, pid, comm);
  row->bytes = call.bytes;
  row->latency = now - call.began;
  send_row(rows, row);
  return 0;
}}
)C";

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::isalpha(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'; });
}

Result<int> write_skeleton(const std::string& name) {
  if (!is_name(name)) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{} cannot be the name of a tool", name),
                      "a letter, then letters, digits, - and _, at most 64 in all: sonde new slowreads");
  }
  std::string file = name + ".c";
  struct stat there{};
  if (::lstat(file.c_str(), &there) == 0)
    return base::fail(ErrorKind::kInvalid, file + " is there already", "it was left as it is; choose another name");
  RETURN_IF_ERROR(base::write_output(file, fmt::format(kSkeleton, name)));
  base::put(fmt::format("{0} is written. Try it: sonde run {0} 500\n", file));
  return 0;
}

}  // namespace

Action add_new(CLI::App& app) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("new", "Write a tool that works into NAME.c, to start from");
  command->add_option("NAME", *name, "the tool's name")->required();
  return [name] { return write_skeleton(*name); };
}

}  // namespace sonde::cmd
