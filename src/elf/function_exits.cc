#include "elf/function_exits.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "elf/instruction.h"

namespace sonde::elf {
namespace {

// What an instruction does to the flow of control.
struct Flow {
  enum Kind { kNext, kReturn, kJump, kUnknownJump, kUnclear } kind = kNext;
  int64_t distance = 0;  // of a jump, from the end of the instruction
};

template <typename Number>
int64_t number_at(std::string_view code, size_t at) {
  Number number = 0;
  if (at + sizeof number <= code.size()) std::memcpy(&number, code.data() + at, sizeof number);
  return number;
}

int64_t last_byte(std::string_view instruction) { return number_at<int8_t>(instruction, instruction.size() - 1); }
int64_t last_word(std::string_view instruction) { return number_at<int32_t>(instruction, instruction.size() - 4); }

// `jmp *table(,%reg,8)` and the `notrack jmp *%reg` of compilers go through a table of places in the same function;
// other jumps by a register or memory are calls of other functions as the last thing to do.
Flow indirect_jump(std::string_view behind_opcode, bool is_notrack) {
  auto modrm = static_cast<uint8_t>(behind_opcode[0]);
  if ((modrm & 0x30) != 0x20) return {};  // none of /4 and /5: call, push, inc
  bool has_sib = (modrm & 7) == 4 && (modrm >> 6) != 3 && behind_opcode.size() > 1;
  bool by_eights = has_sib && (static_cast<uint8_t>(behind_opcode[1]) >> 6) == 3;
  return {is_notrack || by_eights ? Flow::kNext : Flow::kUnknownJump};
}

Flow x86_flow(std::string_view instruction) {
  size_t at = instruction.find_first_not_of("\x66\x67\xf2\xf3\xf0\x2e\x36\x3e\x26\x64\x65");
  bool is_notrack = at != instruction.npos && instruction.substr(0, at).find('\x3e') != instruction.npos;
  if (at != instruction.npos && (instruction[at] & 0xf0) == 0x40) at++;  // REX
  if (at >= instruction.size()) return {};
  auto op = static_cast<uint8_t>(instruction[at]);
  auto next = static_cast<uint8_t>(at + 1 < instruction.size() ? instruction[at + 1] : 0);
  if (op == 0xc2 || op == 0xc3) return {Flow::kReturn};
  if (op == 0xca || op == 0xcb || op == 0xcf) return {Flow::kUnclear};  // far returns, and from interrupts
  if (op == 0xeb || (op >= 0x70 && op <= 0x7f) || (op >= 0xe0 && op <= 0xe3))
    return {Flow::kJump, last_byte(instruction)};
  if (op == 0xe9 || (op == 0x0f && (next & 0xf0) == 0x80)) return {Flow::kJump, last_word(instruction)};
  if (op == 0xff && at + 1 < instruction.size()) return indirect_jump(instruction.substr(at + 1), is_notrack);
  return {};
}

// A signed field of an arm64 instruction that counts instructions, in bytes from the next one.
Flow arm_jump(uint32_t word, unsigned lowest, unsigned bits) {
  auto field = static_cast<int32_t>(word << (32 - lowest - bits)) >> (32 - bits);
  return {Flow::kJump, int64_t{field} * 4 - 4};
}

Flow arm_flow(std::string_view instruction) {
  auto word = static_cast<uint32_t>(number_at<uint32_t>(instruction, 0));
  if ((word & 0xfffffc1f) == 0xd65f0000 || (word & 0xfffffbff) == 0xd65f0bff)
    return {Flow::kReturn};                                             // ret, retaa, retab
  if ((word & 0xfefff000) == 0xd61f0000) return {Flow::kUnknownJump};   // br and its authenticated forms
  if (word >> 26 == 5) return arm_jump(word, 0, 26);                    // b
  if ((word & 0xff000000) == 0x54000000) return arm_jump(word, 5, 19);  // b.cond, bc.cond
  if ((word & 0x7e000000) == 0x34000000) return arm_jump(word, 5, 19);  // cbz, cbnz
  if ((word & 0x7e000000) == 0x36000000) return arm_jump(word, 5, 14);  // tbz, tbnz
  return {};
}

}  // namespace

std::optional<FunctionExits> exits_of(std::string_view function, uint16_t machine) {
  if (machine != EM_X86_64 && machine != EM_AARCH64) return std::nullopt;
  FunctionExits exits;
  std::vector<uint64_t> starts, targets;
  for (uint64_t at = 0; at < function.size();) {
    unsigned length = machine == EM_X86_64 ? x86_length(function.substr(at)) : 4;
    if (length == 0 || length > function.size() - at) return std::nullopt;
    std::string_view instruction = function.substr(at, length);
    Flow flow = machine == EM_X86_64 ? x86_flow(instruction) : arm_flow(instruction);
    if (flow.kind == Flow::kUnclear) return std::nullopt;
    starts.push_back(at);
    if (flow.kind == Flow::kReturn) exits.returns.push_back(at);
    uint64_t target = at + length + static_cast<uint64_t>(flow.distance);
    bool leaves = flow.kind == Flow::kUnknownJump || (flow.kind == Flow::kJump && target >= function.size());
    if (leaves && !exits.jump) exits.jump = at;
    if (flow.kind == Flow::kJump && !leaves) targets.push_back(target);
    at += length;
  }
  for (uint64_t target : targets) {
    if (!std::binary_search(starts.begin(), starts.end(), target)) return std::nullopt;
  }
  return exits;
}

}  // namespace sonde::elf
