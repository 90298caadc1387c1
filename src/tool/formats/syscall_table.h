// The system calls of this architecture.
#pragma once

#include <span>

#include "tool/formats/value_type.h"

namespace sonde::tool {

std::span<const Name> syscall_table();

}  // namespace sonde::tool
