// Functions that a file calls and another one has.
#pragma once

#include <optional>
#include <string>

#include "symbols/binary.h"

namespace sonde::symbols {

// The library that has the function, if `binary` only imports it: of those that it needs, and those that they need in
// turn, the first. An empty path: it is imported, and none of the libraries that were found has it. Nothing: it is not
// imported.
struct Import {
  std::string library;  // its path, as find_binary() takes it
};
std::optional<Import> import_of(const Binary& binary, const std::string& name);

}  // namespace sonde::symbols
