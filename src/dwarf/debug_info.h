// The DWARF of one file: addresses in, frames out.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "dwarf/range_index.h"
#include "dwarf/symbol_names.h"
#include "dwarf/unit.h"
#include "sonde/symbols.h"

namespace sonde::dwarf {

struct DwarfEnd {
  void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
};
struct ElfEnd {
  void operator()(Elf* elf) const { elf_end(elf); }
};
using DwarfHandle = std::unique_ptr<Dwarf, DwarfEnd>;
using ElfHandle = std::unique_ptr<Elf, ElfEnd>;

class DebugInfo {
 public:
  // `shared` is what the file's .gnu_debugaltlink names, or invalid.
  static Result<DebugInfo> open(base::Fd file, base::Fd shared);
  // From memory, which must outlive it.
  static Result<DebugInfo> open(char* bytes, size_t size);

  // Innermost first, names mangled. kNotFound when no unit covers the address, kUnsupported when its entries are in a
  // .dwo file.
  Result<std::vector<Frame>> frames(uint64_t address);

 private:
  DebugInfo() = default;
  void index_units();
  Unit& unit_of(Dwarf_Die root);
  std::vector<Frame> frames_in(Unit& unit, const Dwarf_Die& function, uint64_t address);
  std::vector<Frame> frames_without_function(Unit& unit, uint64_t address);
  std::string name_of(Dwarf_Die function);
  std::string outermost_name(Dwarf_Die function, uint64_t address);
  std::string qualified_name(Dwarf_Die function);

  base::Fd file_, shared_file_;
  ElfHandle elf_;  // of open() from memory
  DwarfHandle shared_, dwarf_;
  RangeIndex units_;  // values: offsets of their roots
  // By the entry's place in memory, which tells those of the shared file from ours.
  std::unordered_map<const void*, std::unique_ptr<Unit>> walked_;
  std::unordered_map<const void*, std::string> names_;
  SymbolNames symbols_;
};

}  // namespace sonde::dwarf
