// The file with the symbols of a stripped one: by build-id, by debug link, or packed inside of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "elf/file.h"
#include "elf/symbol_table.h"
#include "sonde/symbols.h"

namespace sonde::symbols {

// Where a file lies: for what is relative to it.
struct Location {
  std::string root;        // of the file system that it is seen in: "" for our own, or "/proc/181/root"
  std::string directory;   // in there: "/usr/bin"
  std::string name;        // "bash"; empty: unknown, and $BCC_SYMFS is not searched
  std::string shown_root;  // what messages call `root`; empty: as it is
  std::shared_ptr<const base::Fd> root_fd;  // keeps a `root` that is a descriptor's name good
};

// Where debug files lie, in the order to look: $BCC_DEBUGINFO_ROOT first.
std::vector<std::string> debug_roots(const SymbolOptions& options);

// Tried: the same path below $BCC_SYMFS; .build-id/ab/cdef.debug in each debug root ($BCC_DEBUGINFO_ROOT first), where
// the build-ids are equal; the debug link beside the file, in its .debug/, and under each debug root. First as the
// process's own root has it, then as ours does. kNotFound lists what was looked for.
Result<std::shared_ptr<const elf::File>> find_debug_file(const elf::File& file, const Location& where,
                                                         const SymbolOptions& options);

// All function symbols there are for a file: its own, its debug file's, its mini-debuginfo's. `debug_file` is given the
// one that it took, if any.
Result<elf::SymbolTable> symbols_of(std::shared_ptr<const elf::File> file, const Location& where,
                                    const SymbolOptions& options = {},
                                    std::shared_ptr<const elf::File>* debug_file = nullptr);

}  // namespace sonde::symbols
