// One function symbol as a table keeps it, and how a table's entries come about: read from a section, then put in
// order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "elf/file.h"

namespace sonde::elf {

// What linkers prefer first; a symbol of a version that is not the default one comes after those that are.
enum class SymbolRank : uint32_t { kGlobal, kOldVersion, kWeak, kLocal };

struct SymbolEntry {
  uint64_t address;
  uint32_t size : 28;     // saturated; 0: unknown
  uint32_t rank : 2;      // SymbolRank
  uint32_t reached : 1;   // one that begins at a lower address ends above this one's
  uint32_t indirect : 1;  // STT_GNU_IFUNC
  uint32_t name : 29;     // in its table's strings
  uint32_t strings : 3;   // which table's

  uint64_t end() const { return address > UINT64_MAX - size ? UINT64_MAX : address + size; }
};
static_assert(sizeof(SymbolEntry) == 16);

inline constexpr uint64_t kMaxSymbolSize = (1u << 28) - 1;
inline constexpr uint64_t kMaxStrings = 1u << 29;
inline constexpr size_t kMaxStringTables = 8;
inline constexpr size_t kMaxSymbolName = 64u << 10;

// A string table: where it lies, and while a table is made, what is in it.
struct SymbolStrings {
  std::shared_ptr<const File> file;
  Section section;
  std::string bytes;

  std::string_view at(uint32_t offset) const {
    std::string_view text = std::string_view(bytes).substr(offset, kMaxSymbolName);
    return text.substr(0, text.find('\0'));
  }
};

// Appends the function symbols of a SHT_SYMTAB or SHT_DYNSYM section, whose strings are `strings`, the table's number
// `number`.
Status read_symbol_entries(const File& file, const Section& section, const SymbolStrings& strings, uint32_t number,
                           std::vector<SymbolEntry>& entries);

// By ascending address. Of one address: first those with a size, then those without; of these the best comes last; one
// of those that have the same name is kept.
void order_symbol_entries(std::vector<SymbolEntry>& entries, const std::vector<SymbolStrings>& strings);

}  // namespace sonde::elf
