// The registers that arguments of USDT probes are in, and where a probe's context (struct pt_regs) has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::usdt {

struct Register {
  enum class Kind { kGeneral, kZero, kFloat };  // kFloat: the kernel keeps no copy of it for a probe
  Kind kind = Kind::kGeneral;
  std::string field;   // of kGeneral, in struct pt_regs: "ax", "regs[3]"
  unsigned size = 8;   // bytes
  unsigned shift = 0;  // bits: 8 for %ah
};

// `machine` is EM_X86_64, EM_386 or EM_AARCH64; `name` is without '%'. Nothing for what is no register there.
std::optional<Register> find_register(std::string_view name, uint16_t machine);

}  // namespace sonde::usdt
