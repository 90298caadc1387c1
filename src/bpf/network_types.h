// What programs on packets and sockets are loaded as, by what their section says.
#pragma once

#include <cstdint>
#include <string_view>

namespace sonde::bpf {

struct NetworkType {
  std::string_view kind;    // as in spec::Hook: "cgroup"
  std::string_view target;  // "connect4"
  uint32_t program_type = 0;
  int attach_type = -1;     // -1: the program's type says all
};

// nullptr for what is no kind of programs on packets and sockets, or names none of its places.
const NetworkType* network_type(std::string_view kind, std::string_view target);

// The one that is attached with `attach_type`; nullptr: none.
const NetworkType* network_type(int attach_type);

bool is_on_network(std::string_view kind);

}  // namespace sonde::bpf
