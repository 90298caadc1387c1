// How long machine instructions are: enough to tell whether one starts at a place.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sonde::elf {

// Of the x86-64 instruction that `code` begins with; 0 when it is none that we know, or is cut off.
unsigned x86_length(std::string_view code);

// Of the instruction that `code` begins with if it is one with a VEX prefix, which Linux takes for what its opcode
// means without one and will not probe (up to 6.18, arch/x86/kernel/uprobes.c: `vpxor` looks like `out`), and if it
// changes vector registers or memory alone; 0 for any other.
unsigned x86_unprobeable_vector_length(std::string_view code);

// Whether an instruction starts `offset` bytes into the function whose code is given from its start, for `machine`
// (EM_*). Nothing when that cannot be told.
std::optional<bool> starts_instruction(std::string_view function, uint64_t offset, uint16_t machine);

}  // namespace sonde::elf
