// Function symbols out of one section of an ELF file.
#include <elf.h>

#include <algorithm>
#include <cstring>

#include "elf/symbol_entry.h"

namespace sonde::elf {
namespace {

constexpr size_t kMaxEntries = 16u << 20;
constexpr uint16_t kVersionHidden = 0x8000;  // of .gnu.version: not the default one

SymbolRank rank_of(unsigned binding, bool old_version) {
  if (binding == STB_LOCAL) return SymbolRank::kLocal;
  if (binding == STB_WEAK) return SymbolRank::kWeak;
  return old_version ? SymbolRank::kOldVersion : SymbolRank::kGlobal;
}

// "$x", "$d.12": where an arm's code ends and its data begins. ".L…": labels that an assembler should have dropped.
bool is_marker(std::string_view strings, uint32_t offset) {
  std::string_view name = strings.substr(offset, 3);  // and not all of it, however long
  name = name.substr(0, name.find('\0'));
  if (name.starts_with(".L")) return true;
  return name.size() >= 2 && name[0] == '$' && std::strchr("adtx", name[1]) && (name.size() == 2 || name[2] == '.');
}

bool lies_in_code(const File& file, uint32_t section, uint64_t address) {
  auto holds = [&](const Section& each) {
    return (each.flags & SHF_EXECINSTR) && address >= each.address && address - each.address < each.size;
  };
  return section < SHN_LORESERVE && section < file.sections().size() && holds(file.sections()[section]);
}

// Versions of .dynsym's symbols, two bytes each; empty when there are none.
std::string versions_of(const File& file, const Section& section) {
  const Section* versions = section.type == SHT_DYNSYM ? file.section_of_type(SHT_GNU_versym) : nullptr;
  return versions ? file.read(*versions).value_or("") : "";
}

bool is_old_version(std::string_view versions, uint64_t index) {
  uint16_t version = 0;
  if (index >= versions.size() / sizeof version) return false;
  std::memcpy(&version, versions.data() + index * sizeof version, sizeof version);
  return (version & kVersionHidden) != 0;
}

template <typename Sym>
bool is_function(const File& file, const Sym& symbol, const SymbolStrings& strings) {
  unsigned type = ELF32_ST_TYPE(symbol.st_info);  // the same in both classes
  if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS || symbol.st_shndx == SHN_COMMON) return false;
  if (symbol.st_name >= strings.bytes.size() || strings.bytes[symbol.st_name] == '\0') return false;
  if (type == STT_FUNC || type == STT_GNU_IFUNC) return true;
  return type == STT_NOTYPE && lies_in_code(file, symbol.st_shndx, symbol.st_value) &&
         !is_marker(strings.bytes, symbol.st_name);
}

template <typename Sym>
Status read_entries(const File& file, const Section& section, const SymbolStrings& strings, uint32_t number,
                    std::vector<SymbolEntry>& entries) {
  constexpr uint64_t kBlock = 16384;
  if (section.entry_size != sizeof(Sym))
    return base::fail(ErrorKind::kInvalid, file.name() + ": a damaged symbol table");
  if (section.size > kMaxSection)
    return base::fail(ErrorKind::kInvalid, fmt::format("{}: a symbol table of {} bytes", file.name(), section.size));
  std::string versions = versions_of(file, section);
  // The lowest bit of a 32-bit arm's addresses says which instruction set; code is never there.
  uint64_t address_mask = file.machine() == EM_ARM ? ~uint64_t{1} : ~uint64_t{0};
  uint64_t count = section.size / sizeof(Sym);
  for (uint64_t at = 0; at < count; at += kBlock) {
    ASSIGN_OR_RETURN(std::string block,
                     file.read(section.offset + at * sizeof(Sym), std::min(kBlock, count - at) * sizeof(Sym)));
    for (uint64_t i = 0; i < block.size() / sizeof(Sym); i++) {
      Sym symbol;
      std::memcpy(&symbol, block.data() + i * sizeof(Sym), sizeof symbol);
      if (!is_function(file, symbol, strings)) continue;
      if (entries.size() >= kMaxEntries) return {};
      SymbolRank rank = rank_of(ELF32_ST_BIND(symbol.st_info), is_old_version(versions, at + i));
      entries.push_back(
          {symbol.st_value & address_mask, static_cast<uint32_t>(std::min<uint64_t>(symbol.st_size, kMaxSymbolSize)),
           static_cast<uint32_t>(rank), 0, ELF32_ST_TYPE(symbol.st_info) == STT_GNU_IFUNC, symbol.st_name, number});
    }
  }
  return {};
}

}  // namespace

Status read_symbol_entries(const File& file, const Section& section, const SymbolStrings& strings, uint32_t number,
                           std::vector<SymbolEntry>& entries) {
  return file.is_64_bit() ? read_entries<Elf64_Sym>(file, section, strings, number, entries)
                          : read_entries<Elf32_Sym>(file, section, strings, number, entries);
}

}  // namespace sonde::elf
