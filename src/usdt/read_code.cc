// Arguments of USDT probes as C expressions over struct pt_regs.
#include "usdt/read_code.h"

#include <algorithm>

#include "usdt/registers.h"

namespace sonde::usdt {
namespace {

std::string integer_type(bool is_signed, unsigned size) {
  return fmt::format("{}int{}_t", is_signed ? "" : "u", size * 8);
}

// The register's bits that count, extended to 64.
std::string register_code(const Register& reg, unsigned size, bool is_signed) {
  if (reg.kind == Register::Kind::kZero) return "0";
  std::string whole = "ctx->" + reg.field;
  if (reg.shift) whole = fmt::format("({} >> {})", whole, reg.shift);
  return size == 8 ? whole : fmt::format("({}){}", integer_type(is_signed, size), whole);
}

std::string plus(int64_t number) {
  if (number == 0) return "";
  uint64_t magnitude = number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  return fmt::format(" {} {:#x}ULL", number < 0 ? '-' : '+', magnitude);
}

bool is_instruction_pointer(const std::string& name) { return name == "rip" || name == "eip" || name == "ip"; }

// From the probe's own address to the symbol and what is added to it.
int64_t distance(const Argument& argument, const ProbeLocation& location, int64_t added) {
  return static_cast<int64_t>(argument.symbol_address + static_cast<uint64_t>(added) - location.address);
}

std::string address_code(const Argument& argument, const ProbeLocation& location, uint16_t machine) {
  std::string sum;
  auto add = [&](std::string term) { sum += sum.empty() ? std::move(term) : " + " + term; };
  bool from_here = !argument.symbol.empty();
  if (from_here) add("PT_REGS_IP(ctx)");
  if (!argument.base.empty() && !(from_here && is_instruction_pointer(argument.base))) {
    auto reg = find_register(argument.base, machine);
    add(register_code(*reg, reg->size, false));
  }
  if (!argument.index.empty()) {
    auto reg = find_register(argument.index, machine);
    std::string index = register_code(*reg, reg->size, argument.index_is_signed);
    add(argument.scale == 1 ? fmt::format("(int64_t){}", index)
                            : fmt::format("(int64_t){} * {}", index, argument.scale));
  }
  if (sum.empty()) sum = "0";
  return sum + plus(from_here ? distance(argument, location, argument.displacement) : argument.displacement);
}

std::string constant_code(const Argument& argument, const ProbeLocation& location) {
  if (!argument.symbol.empty()) return "PT_REGS_IP(ctx)" + plus(distance(argument, location, argument.constant));
  return fmt::format("({}){:#x}ULL", c_type(argument), static_cast<uint64_t>(argument.constant));
}

}  // namespace

std::string read_code(const ProbeLocation& location, size_t number, uint16_t machine) {
  constexpr const char* kNothing = "return -1;";
  if (number >= location.arguments.size()) return kNothing;
  const Argument& argument = location.arguments[number];
  std::string end = fmt::format("size = {};", argument.size);
  switch (argument.kind) {
    case Argument::Kind::kUnreadable: return kNothing;
    case Argument::Kind::kConstant: return fmt::format("value = {}; {}", constant_code(argument, location), end);
    case Argument::Kind::kRegister: {
      auto reg = find_register(argument.base, machine);
      return fmt::format("value = {}; {}", register_code(*reg, std::min(reg->size, argument.size), argument.is_signed),
                         end);
    }
    case Argument::Kind::kMemory: break;
  }
  return fmt::format("{{ {} m = 0; if (bpf_probe_read_user(&m, sizeof(m), (void *)({}))) return -1; value = m; }} {}",
                     c_type(argument), address_code(argument, location, machine), end);
}

uint64_t cookie_of(const ProbeLocation& location, uint16_t machine) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (size_t i = 0; i < location.arguments.size(); i++) {
    for (char c : read_code(location, i, machine) + "\n") {
      hash ^= static_cast<unsigned char>(c);
      hash *= 0x100000001b3;
    }
  }
  return hash ? hash : 1;
}

}  // namespace sonde::usdt
