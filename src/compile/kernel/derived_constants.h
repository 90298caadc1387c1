// Constants that depend on how a kernel was configured, told from its types: NR_CPUS is the size of a cpumask, and
// MAX_SKB_FRAGS that of an array. A few changed their meaning with a version, which a type tells that came with it.
#pragma once

#include <optional>
#include <string_view>

#include "compile/kernel/constants.h"
#include "kernel/btf.h"

namespace sonde::compile {

// Nothing: the name is none of them, or this kernel's types do not tell.
std::optional<Constant> derived_constant(const kernel::Btf& btf, std::string_view name);

}  // namespace sonde::compile
