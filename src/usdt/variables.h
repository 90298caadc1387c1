// Addresses of the variables that arguments of USDT probes name: "counter(%rip)".
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "elf/file.h"

namespace sonde::usdt {

using Names = std::set<std::string, std::less<>>;

// Of `names`, those that .symtab or .dynsym have, with their addresses as the file counts. A name that the file has
// for several addresses (static variables) is left out: nobody can tell which was meant.
std::map<std::string, uint64_t> find_variables(const elf::File& file, const Names& names);

}  // namespace sonde::usdt
