// Where a function is left: its return instructions, and the jumps after which other code returns for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sonde::elf {

struct FunctionExits {
  std::vector<uint64_t> returns;  // of return instructions, in bytes from the function's start
  std::optional<uint64_t> jump;   // of the first jump that leads out of the function, or may do so
};

// Of the function whose whole code is given, for `machine` (EM_*). Nothing when it cannot be told with certainty: the
// machine is another one than x86-64 and arm64, an instruction is not known, or a jump leads into the middle of one, as
// where data lies between.
std::optional<FunctionExits> exits_of(std::string_view function, uint16_t machine);

}  // namespace sonde::elf
