#include "dwarf/symbol_names.h"

#include <gelf.h>

#include <algorithm>

namespace sonde::dwarf {

namespace {

constexpr size_t kMostSymbols = 16u << 20;

bool is_function(const GElf_Sym& symbol) {
  int type = GELF_ST_TYPE(symbol.st_info);
  return symbol.st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_GNU_IFUNC ||
                                          (type == STT_NOTYPE && GELF_ST_BIND(symbol.st_info) != STB_LOCAL));
}

}  // namespace

void SymbolNames::read_table(Elf_Scn* section) {
  GElf_Shdr header;
  Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || !gelf_getshdr(section, &header) || header.sh_entsize == 0) return;
  size_t count = std::min<size_t>(data->d_size / header.sh_entsize, kMostSymbols);
  for (size_t i = 1; i < count; ++i) {
    GElf_Sym symbol;
    if (!gelf_getsym(data, static_cast<int>(i), &symbol)) break;
    if (is_function(symbol)) rows_.push_back({symbol.st_value, symbol.st_size, header.sh_link, symbol.st_name});
  }
}

void SymbolNames::read(Elf* elf) {
  if (ready_) return;
  ready_ = true;
  for (uint32_t wanted : {SHT_SYMTAB, SHT_DYNSYM}) {
    for (Elf_Scn* section = nullptr; rows_.empty() && (section = elf_nextscn(elf, section));) {
      GElf_Shdr header;
      if (gelf_getshdr(section, &header) && header.sh_type == wanted) read_table(section);
    }
  }
  std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.address < b.address; });
}

std::string SymbolNames::name_of(Elf* elf, const Row& row) const {
  const char* name = elf_strptr(elf, row.section, row.name);
  return name ? name : "";
}

std::string SymbolNames::at(Elf* elf, uint64_t address) {
  read(elf);
  auto found = std::lower_bound(rows_.begin(), rows_.end(), address,
                                [](const Row& row, uint64_t wanted) { return row.address < wanted; });
  return found != rows_.end() && found->address == address ? name_of(elf, *found) : "";
}

std::string SymbolNames::around(Elf* elf, uint64_t address) {
  read(elf);
  auto found = std::upper_bound(rows_.begin(), rows_.end(), address,
                                [](uint64_t wanted, const Row& row) { return wanted < row.address; });
  if (found == rows_.begin()) return "";
  --found;
  return found->size == 0 || address - found->address < found->size ? name_of(elf, *found) : "";
}

}  // namespace sonde::dwarf
