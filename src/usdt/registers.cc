// The registers of x86 and of arm64 by their names in assembly.
#include "usdt/registers.h"

#include <elf.h>

#include <array>
#include <charconv>

namespace sonde::usdt {
namespace {

// "12" -> 12, below `limit`; no sign, no blanks, no leading zero.
std::optional<unsigned> small_number(std::string_view text, unsigned limit) {
  unsigned number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole = !text.empty() && error == std::errc() && end == text.data() + text.size();
  bool padded = text.size() > 1 && text[0] == '0';
  return whole && !padded && number < limit ? std::optional(number) : std::nullopt;
}

// One of the registers that had names before they had numbers.
struct NamedRegister {
  std::array<std::string_view, 5> names;  // of 8, 4, 2 and 1 bytes, and of its second byte
  std::string_view field;
};

constexpr NamedRegister kNamed[] = {
    {{"rax", "eax", "ax", "al", "ah"}, "ax"}, {{"rbx", "ebx", "bx", "bl", "bh"}, "bx"},
    {{"rcx", "ecx", "cx", "cl", "ch"}, "cx"}, {{"rdx", "edx", "dx", "dl", "dh"}, "dx"},
    {{"rsi", "esi", "si", "sil", ""}, "si"},  {{"rdi", "edi", "di", "dil", ""}, "di"},
    {{"rbp", "ebp", "bp", "bpl", ""}, "bp"},  {{"rsp", "esp", "sp", "spl", ""}, "sp"},
    {{"rip", "eip", "ip", "", ""}, "ip"},
};
constexpr unsigned kNamedSizes[] = {8, 4, 2, 1, 1};

// r8 r8d r8w r8b, up to r15.
std::optional<Register> find_numbered_x86(std::string_view name) {
  if (!name.starts_with('r')) return std::nullopt;
  name.remove_prefix(1);
  unsigned size = 8;
  if (!name.empty()) {
    char last = name.back();
    size = last == 'd' ? 4 : last == 'w' ? 2 : last == 'b' || last == 'l' ? 1 : 8;
  }
  if (size != 8) name.remove_suffix(1);
  auto number = small_number(name, 16);
  if (!number || *number < 8) return std::nullopt;
  return Register{Register::Kind::kGeneral, "r" + std::to_string(*number), size, 0};
}

std::optional<Register> find_x86(std::string_view name) {
  if (name.empty()) return std::nullopt;
  for (const NamedRegister& row : kNamed) {
    for (size_t i = 0; i < row.names.size(); i++) {
      if (row.names[i] == name)
        return Register{Register::Kind::kGeneral, std::string(row.field), kNamedSizes[i], i == 4 ? 8u : 0u};
    }
  }
  for (std::string_view vector : {"xmm", "ymm", "zmm"}) {
    if (name.starts_with(vector) && small_number(name.substr(3), 32))
      return Register{Register::Kind::kFloat, "", 16, 0};
  }
  if (name == "st" || (name.starts_with("st(") && name.ends_with(")")))
    return Register{Register::Kind::kFloat, "", 10, 0};
  return find_numbered_x86(name);
}

std::optional<Register> find_arm64(std::string_view name) {
  using Kind = Register::Kind;
  if (name == "sp") return Register{Kind::kGeneral, "sp", 8, 0};
  if (name == "wsp") return Register{Kind::kGeneral, "sp", 4, 0};
  if (name == "pc") return Register{Kind::kGeneral, "pc", 8, 0};
  if (name == "fp") return Register{Kind::kGeneral, "regs[29]", 8, 0};
  if (name == "lr") return Register{Kind::kGeneral, "regs[30]", 8, 0};
  if (name == "xzr") return Register{Kind::kZero, "", 8, 0};
  if (name == "wzr") return Register{Kind::kZero, "", 4, 0};
  if (name.empty()) return std::nullopt;
  char bank = name[0];
  if (std::string_view("bhsdqvz").find(bank) != std::string_view::npos && small_number(name.substr(1), 32)) {
    return Register{Kind::kFloat, "", 16, 0};
  }
  auto number = small_number(name.substr(1), 31);
  if (!number || (bank != 'x' && bank != 'w')) return std::nullopt;
  return Register{Kind::kGeneral, "regs[" + std::to_string(*number) + "]", bank == 'x' ? 8u : 4u, 0};
}

}  // namespace

std::optional<Register> find_register(std::string_view name, uint16_t machine) {
  if (machine == EM_AARCH64) return find_arm64(name);
  return machine == EM_X86_64 || machine == EM_386 ? find_x86(name) : std::nullopt;
}

}  // namespace sonde::usdt
