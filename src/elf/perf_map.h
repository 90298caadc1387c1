// /tmp/perf-PID.map: what just-in-time compilers say of the code that they made. Lines of "START SIZE NAME", both in
// hexadecimal, appended as code is made; a later line holds where it overlaps an earlier one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::elf {

class PerfMap {
 public:
  struct Symbol {
    uint64_t address = 0;
    uint64_t size = 0;
    std::string_view name;  // lives as long as the map, until it is read again
  };

  // Lines that make no sense are left out and counted. At most `limit` bytes of text are taken (the file's last ones:
  // the newest code), so that a giant map costs bounded time and memory; dropped() says how many bytes were left out.
  static PerfMap parse(std::string_view text);
  // From a descriptor of a regular file, never waiting.
  static Result<PerfMap> read(int fd, const std::string& name, size_t limit = kLimit);
  // Takes what was appended since, and all of it anew when the file has become shorter or the map too large; true if
  // there was anything.
  Result<bool> read_more(int fd, const std::string& name);

  bool find(uint64_t address, Symbol& symbol) const;
  size_t size() const { return entries_.size(); }
  uint64_t damaged_lines() const { return damaged_lines_; }
  uint64_t dropped() const { return dropped_; }

  static constexpr size_t kLimit = 64u << 20;

 private:
  // A stretch of code, and where in names_ its symbol is. Newer symbols are farther back there.
  struct Entry {
    uint64_t address;
    uint32_t size;
    uint32_t name;

    uint64_t end() const { return address + size; }
  };
  void append(std::string_view text, bool finished);
  bool append_line(std::string_view line);
  void settle();
  Status read_from(uint64_t offset, uint64_t size, int fd, const std::string& name);

  std::vector<Entry> entries_;  // by address, none overlapping another
  std::string names_;           // for each line: address, size, name, NUL
  uint64_t damaged_lines_ = 0;
  uint64_t dropped_ = 0;
  uint64_t read_ = 0;       // where in the file the first line begins that is not in, or was not finished
  uint64_t file_size_ = 0;  // when it was read last
  size_t limit_ = kLimit;
};

}  // namespace sonde::elf
