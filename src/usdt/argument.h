// One argument of a USDT probe as its note describes it: "-4@%eax", "8@-0x18(%rbp,%rcx,4)", "4@$7", "8@[sp, 16]".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::usdt {

struct Argument {
  enum class Kind { kConstant, kRegister, kMemory };
  Kind kind = Kind::kConstant;
  unsigned size = 8;         // bytes: 1, 2, 4 or 8
  bool is_signed = false;
  bool is_float = false;     // "4f@", "8f@"
  int64_t constant = 0;      // of kConstant
  std::string base;          // the register without '%', as its note has it: "eax", "x0", "rip" with `symbol`; of kMemory the base
  std::string index;         // of kMemory: the scaled register, or empty
  int scale = 1;
  int64_t displacement = 0;  // of kMemory
  std::string symbol;        // of kMemory: "name+8(%rip)" has "name" here
};

// `machine` is EM_X86_64 or EM_AARCH64. kInvalid quotes what could not be read.
Result<Argument> parse_argument(std::string_view text, uint16_t machine);
// A whole argument string: "-4@%eax 8@%rdi"; blanks inside of "[sp, 16]" belong to the argument.
Result<std::vector<Argument>> parse_arguments(std::string_view text, uint16_t machine);

// "int32_t", "uint64_t", …
std::string c_type(const Argument& argument);

}  // namespace sonde::usdt
