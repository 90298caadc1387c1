// Paths below /proc/PID, which name what a process has: /proc/181/root/usr/bin/bash, /proc/181/exe, /proc/self/fd/3.
#pragma once

#include <optional>
#include <string>

namespace sonde::symbols {

struct ProcPath {
  int pid = 0;
  std::string entry;     // "root", "cwd", "exe", "fd/3", "map_files/7f00-7f10"
  std::string rest;      // below it: "/usr/bin/bash", or empty
  bool is_self = false;  // /proc/self, which means another process to each

  std::string link() const;                           // "/proc/181/exe"
  std::string path() const { return link() + rest; }  // "/proc/181/root/usr/bin/bash"
  bool is_directory() const { return entry == "root" || entry == "cwd"; }
};

// Nothing for a path that does not begin with /proc/PID/ENTRY. `self`: the process that /proc/self means. Of a thread's
// directory (/proc/PID/task/TID) the thread is the process.
std::optional<ProcPath> parse_proc_path(const std::string& path, int self);

}  // namespace sonde::symbols
