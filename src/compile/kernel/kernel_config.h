// CONFIG_* of the kernel that a program is compiled for, for #if and #ifdef, and the shapes of types that sonde's own
// headers ask about (SONDE_HAS_*). No configuration file is read: an option shows in the kernel's types, which have a
// member or an enumerator just when it is on. Options that every kernel with BTF has are in include/sonde/config.h;
// CONFIG_HZ, of which the types say nothing, is known of the running kernel (Target::ticks_per_second).
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "kernel/btf.h"

namespace sonde::compile {

struct MacroDefinition {
  std::string_view name;
  std::string_view value;
};

// The macros to define. With `source`, only those that it can need: asking BTF costs an index of all its names, and
// most programs mention no option. Empty: all.
std::vector<MacroDefinition> kernel_config(const kernel::Btf& btf, std::string_view source = {});

}  // namespace sonde::compile
