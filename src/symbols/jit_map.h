// The perf map of a process: the file in which a just-in-time compiler names the code that it makes.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "elf/perf_map.h"
#include "symbols/process.h"
#include "symbols/string_arena.h"

namespace sonde::symbols {

// Safe from several threads at once.
class JitMap {
 public:
  struct Found {
    std::string_view name, path;  // live as long as this
    uint64_t offset = 0;
  };
  // Looks for the file, or for what was added to it, now and then. False: `why` says why not.
  bool find(const Process& process, uint64_t address, int64_t now_ms, Found& found, std::string_view& why);
  // Only opens the file, so that it is there when the process has ended.
  void open(const Process& process);
  void refresh();

 private:
  Status open_file(const Process& process);
  void look(const Process& process, int64_t now_ms);
  Status read();

  std::mutex mutex_;
  int64_t next_look_ms_ = 0;
  base::Fd fd_;
  std::optional<elf::PerfMap> map_;
  std::string_view path_;
  std::string_view why_;
  StringSet texts_;
};

}  // namespace sonde::symbols
