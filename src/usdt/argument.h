// One argument of a USDT probe as its note describes it: "-4@%eax", "8@-0x18(%rbp,%rcx,4)", "4@$7", "8@[sp, 16]".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::usdt {

struct Argument {
  // kUnreadable: the note says something that no program can be made to read; `why` says what.
  enum class Kind { kConstant, kRegister, kMemory, kUnreadable };
  Kind kind = Kind::kConstant;
  unsigned size = 8;  // bytes: 1, 2, 4 or 8
  bool is_signed = false;
  bool is_float = false;  // "4f@", "8f@"
  int64_t constant = 0;   // of kConstant; with `symbol` it counts from there
  // The register without '%', as its note has it: "eax", "x0", "rip" with `symbol`; of kMemory the base.
  std::string base;
  std::string index;  // of kMemory: the scaled register, or empty
  int scale = 1;
  bool index_is_signed = false;  // of a 32-bit index: "sxtw"
  int64_t displacement = 0;      // of kMemory
  std::string symbol;            // "name+8(%rip)", "name(,%rax,8)", "$name" have "name" here
  uint64_t symbol_address = 0;   // as the file counts; found by read_probes()
  std::string text;              // as the note has it
  std::string why;               // of kUnreadable

  bool operator==(const Argument&) const = default;
};

inline constexpr size_t kMaxArguments = 64;

// `machine` is EM_X86_64, EM_386 or EM_AARCH64. kInvalid quotes what could not be read; an operand that is good
// assembly and yet cannot be had by a probe (a floating-point register, a thread-local variable) is kUnsupported.
Result<Argument> parse_argument(std::string_view text, uint16_t machine);
// "-4@%eax 8@[sp, 16]" -> "-4@%eax", "8@[sp, 16]": blanks inside of brackets belong to the argument.
std::vector<std::string_view> split_arguments(std::string_view text);
// A whole argument string; the first that cannot be read is the error.
Result<std::vector<Argument>> parse_arguments(std::string_view text, uint16_t machine);

// "int32_t", "uint64_t", …
std::string c_type(const Argument& argument);

}  // namespace sonde::usdt
