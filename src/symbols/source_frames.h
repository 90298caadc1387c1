// Functions, files and lines of the source, from DWARF. A child process reads it, sonde-dwarf: what eats memory or time
// there, or crashes, is an Error here.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "elf/file.h"
#include "sonde/symbols.h"
#include "symbols/debug_file.h"

namespace sonde::symbols {

// Whether it is worth asking: the file (a program's own or its separate debug file) has DWARF with functions or lines.
bool has_dwarf(const elf::File& file);

// The frames of an address as the file counts it, innermost first: the last is the function that the address belongs
// to, those before it are inlined in it. Names are demangled, relative file names joined with their directory. `where`
// is what a shared debug file (dwz) is looked for from. kNotFound: no DWARF, or none for this address; kTimeout: no
// answer within a second. A file that broke the reader twice is left alone for a minute. May be called by several
// threads, which take turns.
Result<std::vector<Frame>> source_frames(const elf::File& file, uint64_t address, const Location& where = {},
                                         const SymbolOptions& options = {});

// Many addresses in one go, an answer for each, in their order: much cheaper than one by one.
std::vector<Result<std::vector<Frame>>> source_frames(const elf::File& file, const std::vector<uint64_t>& addresses,
                                                      const Location& where = {}, const SymbolOptions& options = {});

}  // namespace sonde::symbols
