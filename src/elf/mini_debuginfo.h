// .gnu_debugdata: a small ELF file of symbols, packed with xz inside of a stripped one.
#pragma once

#include "base/result.h"
#include "elf/file.h"

namespace sonde::elf {

// kNotFound when the file has none; kInvalid when it does not unpack, or to more than 128 MiB.
Result<File> mini_debuginfo(const File& file);

}  // namespace sonde::elf
