// Sections of an ELF file in memory, whatever the file says of itself.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::elf {

// The bytes of the first section of this name: a view into `file`. kNotFound when there is none, kInvalid when the file
// is not ELF or its tables point outside of it.
Result<std::string_view> section(std::string_view file, std::string_view name);

bool is_elf(std::string_view file);

}  // namespace sonde::elf
