// Numbers that a user gives: read as a whole, and refused outside of their range.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace sonde::tool {

struct Range {
  int64_t low = INT64_MIN;
  uint64_t high = UINT64_MAX;
};

// Decimal, or hexadecimal behind 0x; a negative one in two's complement. The error names the range.
Result<uint64_t> number_in(const Range& range, std::string_view text);

// Above 0 and at most a billion.
Result<double> seconds_of(std::string_view text);

// Of a process, or of one thread, that exists. A thread that does not lead its process is refused as a process.
Result<uint32_t> process_of(std::string_view text);
Result<uint32_t> thread_of(std::string_view text);
// The process that a thread belongs to; 0: there is no such thread.
uint32_t process_of_thread(uint32_t tid);

}  // namespace sonde::tool
