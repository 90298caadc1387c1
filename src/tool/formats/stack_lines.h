// A stack that a row carries itself: its frames by name, and as lines below the row.
#pragma once

#include <string>
#include <vector>

#include "tool/formats/value_type.h"

namespace sonde::tool {

struct StackFrame {
  uint64_t address;
  std::string name;  // "vfs_read+0x12 [kernel]"; any bytes, as the file has them
};

// Of process `pid`, or kKernelStacks. `bytes` begin with the frames' addresses, innermost first, up to a 0. Where a
// program asks for the stack, the kernel puts the program itself and what called it there first: these are left out.
std::vector<std::pair<uint64_t, Symbol>> stack_symbols(std::string_view bytes, FormatContext& formats, int pid);
std::vector<StackFrame> stack_frames(std::string_view bytes, FormatContext& formats, int pid);
std::vector<std::string> frame_names(std::string_view bytes, FormatContext& formats, int pid);
// Each on a line of its own; `missed` where there are none.
std::string stack_lines(const std::vector<std::string>& names, const char* missed);

}  // namespace sonde::tool
