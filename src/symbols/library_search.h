// Where a library may lie: what a process has mapped, the dynamic loader's cache, its standard directories.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/suggestion.h"
#include "symbols/found_file.h"

namespace sonde::symbols {

// Whether the file or soname `file` is the library that a user means by `name`: "c" is libc.so.6 and libc-2.31.so,
// "libssl.so.3" itself.
bool is_library(std::string_view file, std::string_view name);

class LibrarySearch {
 public:
  // `root` as root_of(pid) gives it.
  LibrarySearch(std::string name, std::string root, int pid);

  // Fails where the process has the library mapped, and its file cannot be opened.
  Result<std::optional<FoundFile>> run();
  // "process 181's mappings, /etc/ld.so.cache (312 libraries) and /lib/x86_64-linux-gnu, …", after run() found nothing.
  std::string looked_in() const;
  // The library of another name that is nearest to what was asked for, or empty.
  const std::string& suggestion() const { return suggestion_.best(); }

 private:
  Result<std::optional<FoundFile>> in_mappings();
  std::optional<FoundFile> in_cache();
  std::optional<FoundFile> in_directories();
  std::optional<FoundFile> existing(const std::string& path) const;
  void offer(std::string_view file);

  std::string name_;
  std::string root_;
  int pid_;
  std::vector<std::string> looked_in_;
  kernel::Suggestion suggestion_;
};

}  // namespace sonde::symbols
