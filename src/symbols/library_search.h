// Where a library may lie: what a process has mapped, the dynamic loader's cache, its standard directories.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/nearest.h"

namespace sonde::symbols {

struct FoundFile {
  std::string path;   // that can be opened from here
  std::string shown;  // as its own mount namespace calls it
};

// Whether the file or soname `file` is the library that a user means by `name`: "c" is libc.so.6 and libc-2.31.so,
// "libssl.so.3" itself.
bool is_library(std::string_view file, std::string_view name);

class LibrarySearch {
 public:
  // `root` as root_of(pid) gives it.
  LibrarySearch(std::string name, std::string root, int pid);

  std::optional<FoundFile> run();
  // "process 181's mappings, /etc/ld.so.cache (312 libraries) and /lib/x86_64-linux-gnu, …", after run() found nothing.
  std::string looked_in() const;
  // The library of another name that is nearest to what was asked for, or empty.
  const std::string& nearest() const { return nearest_.best(); }

 private:
  std::optional<FoundFile> in_mappings();
  std::optional<FoundFile> in_cache();
  std::optional<FoundFile> in_directories();
  std::optional<FoundFile> existing(const std::string& path) const;
  void offer(std::string_view file);

  std::string name_;
  std::string root_;
  int pid_;
  std::vector<std::string> looked_in_;
  kernel::Nearest nearest_;
};

// A file that the process has mapped, by its own name for it; "(deleted)" ones are reached through /proc/PID/map_files.
std::optional<FoundFile> mapped_file(int pid, const std::string& root, std::string_view maps_line);

}  // namespace sonde::symbols
