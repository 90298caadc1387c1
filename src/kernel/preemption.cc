#include "kernel/preemption.h"

#include <sys/utsname.h>

#include "base/file.h"

namespace sonde::kernel {

bool is_preemptible(std::string_view mode, std::string_view version, std::string_view command_line) {
  size_t open = mode.find('('), close = mode.find(')');
  if (open != mode.npos && close != mode.npos && open < close) {
    std::string_view chosen = mode.substr(open + 1, close - open - 1);
    return chosen != "none" && chosen != "voluntary";
  }
  if (version.find("PREEMPT") == version.npos) return false;
  if (version.find("PREEMPT_DYNAMIC") == version.npos) return true;
  return command_line.find("preempt=none") == command_line.npos &&
         command_line.find("preempt=voluntary") == command_line.npos;
}

bool is_preemptible() {
  static const bool known = [] {
    utsname name{};
    ::uname(&name);
    auto mode = base::read_file("/sys/kernel/debug/sched/preempt", 4096);
    auto command_line = base::read_file("/proc/cmdline", 65536);
    return is_preemptible(mode.value_or(""), name.version, command_line.value_or(""));
  }();
  return known;
}

}  // namespace sonde::kernel
