// The names in a file's own symbol table: what functions without a linkage name are called there, and assembly without
// DWARF.
#pragma once

#include <libelf.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sonde::dwarf {

class SymbolNames {
 public:
  // The function symbol whose value is this very address; empty if there is none. `elf` is read at the first question.
  std::string at(Elf* elf, uint64_t address);
  // The one that it lies in.
  std::string around(Elf* elf, uint64_t address);

 private:
  struct Row {
    uint64_t address, size;
    size_t section, name;  // of the string table
  };
  void read(Elf* elf);
  void read_table(Elf_Scn* section);
  std::string name_of(Elf* elf, const Row& row) const;

  bool ready_ = false;
  std::vector<Row> rows_;  // by address; of several at one, the first of the table first
};

}  // namespace sonde::dwarf
