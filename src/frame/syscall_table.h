// The system calls of this architecture.
#pragma once

#include <span>

#include "frame/value_type.h"

namespace sonde::frame {

std::span<const Name> syscall_table();

}  // namespace sonde::frame
