// The child that reads DWARF for this process: started at the first question, gone by itself when nothing is asked for
// some seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/child_process.h"
#include "base/fd.h"
#include "base/result.h"
#include "symbols/dwarf_wire.h"

namespace sonde::symbols {

// A file with DWARF as the child gets it.
struct DwarfFile {
  int fd = -1;
  int shared_fd = -1;    // of dwz, or -1
  std::string identity;  // of both
};

// Safe for several threads, which take turns.
class DwarfChild {
 public:
  // Of this process: one that was forked off has another.
  static DwarfChild& ours();

  // An answer for each address. kTimeout and kFailed are the child's end.
  std::vector<FramesResult> ask(const DwarfFile& file, const std::vector<uint64_t>& addresses);

  // The process now running, or -1: for tests.
  pid_t pid();

  static constexpr std::chrono::milliseconds kLimit{1000};  // for one answer

 private:
  using Clock = std::chrono::steady_clock;
  struct Strike {
    std::string identity;
    int count = 0;
    Clock::time_point last;
    Error why;
  };

  Status start();
  void end();
  Result<std::vector<FramesResult>> ask_some(const DwarfFile& file, const uint64_t* addresses, size_t count);
  Result<std::vector<FramesResult>> converse(const DwarfFile& file, const uint64_t* addresses, size_t count);
  Strike* strikes_of(const std::string& identity);
  void remember(const std::string& identity, const Error& why);

  std::mutex turn_;
  std::optional<base::ChildProcess> process_;
  base::Fd socket_;
  std::deque<Strike> strikes_;
};

}  // namespace sonde::symbols
