// What an ELF file tells the dynamic loader: its own name, the libraries that it needs, the functions that it takes
// from them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "elf/file.h"

namespace sonde::elf {

struct Dynamic {
  std::string soname;               // DT_SONAME; empty: none
  std::vector<std::string> needed;  // DT_NEEDED, in order
  std::string search_path;          // DT_RUNPATH, or else DT_RPATH: directories with colons between them
};

// Empty for a file without a dynamic section, and as far as it can be read for a damaged one.
Dynamic dynamic_of(const File& file);

// Whether .dynsym has `name` as a symbol that another file defines, and this one does not.
bool imports(const File& file, std::string_view name);

}  // namespace sonde::elf
