// Constants of the kernel's headers by name, for programs that include none: AF_INET, ETH_P_IP, EINVAL, O_CREAT,
// PF_KTHREAD, … Only what the kernel's BTF cannot give: macros, and enumerators of the user-space headers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sonde::compile {

struct Constant {
  uint64_t value = 0;  // sign-extended to 64 bits when it is signed
  bool is_unsigned = false;
  int bits = 32;  // 32 or 64: the width of its C type
};

std::optional<Constant> find_constant(std::string_view name);

}  // namespace sonde::compile
