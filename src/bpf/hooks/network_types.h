// What programs on packets and sockets are loaded as, by what their section says.
#pragma once

#include <cstdint>
#include <string_view>

#include "sonde/hook.h"

namespace sonde::bpf {

struct NetworkType {
  HookKind kind = HookKind::kNone;  // as in spec::Hook
  std::string_view target;          // "connect4"
  uint32_t program_type = 0;
  int attach_type = -1;  // -1: the program's type says all
};

// nullptr for what is no kind of programs on packets and sockets, or names none of its places.
const NetworkType* network_type(HookKind kind, std::string_view target);

// The one that is attached with `attach_type`; nullptr: none.
const NetworkType* network_type(int attach_type);

}  // namespace sonde::bpf
