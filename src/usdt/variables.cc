// Addresses of variables, by one walk over the symbol tables.
#include "usdt/variables.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace sonde::usdt {
namespace {

constexpr uint64_t kMaxTable = 128u << 20;

struct Entry {
  uint64_t name = 0;
  uint64_t address = 0;
  bool defined = false;
};

template <typename Symbol>
Entry entry_at(std::string_view bytes, size_t at) {
  Symbol symbol;
  std::memcpy(&symbol, bytes.data() + at, sizeof symbol);
  unsigned type = symbol.st_info & 0xf;
  bool variable = type == STT_OBJECT || type == STT_NOTYPE || type == STT_FUNC || type == STT_COMMON;
  return {symbol.st_name, symbol.st_value, variable && symbol.st_shndx != SHN_UNDEF};
}

class Search {
 public:
  explicit Search(const Names& names) : names_(names) {
    for (const std::string& each : names) longest_ = std::max(longest_, each.size());
  }

  void walk(const elf::File& file, const elf::Section& table) {
    if (table.link >= file.sections().size()) return;
    auto bytes = file.read(table, kMaxTable);
    auto strings = file.read(file.sections()[table.link]);
    if (!bytes || !strings) return;
    size_t step = file.is_64_bit() ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    for (size_t at = 0; bytes->size() - at >= step; at += step) {
      Entry entry = file.is_64_bit() ? entry_at<Elf64_Sym>(*bytes, at) : entry_at<Elf32_Sym>(*bytes, at);
      if (!entry.defined || entry.name >= strings->size()) continue;
      const char* name = strings->c_str() + entry.name;
      offer({name, ::strnlen(name, longest_ + 1)}, entry);
    }
  }

  std::map<std::string, uint64_t> take() {
    for (const std::string& name : doubtful_) found_.erase(name);
    return std::move(found_);
  }

 private:
  void offer(std::string_view text, const Entry& entry) {
    auto wanted = names_.find(text);
    if (wanted == names_.end()) return;
    const std::string& name = *wanted;
    auto [at, added] = found_.emplace(name, entry.address);
    if (!added && at->second != entry.address) doubtful_.insert(name);
  }

  const Names& names_;
  size_t longest_ = 0;  // one name of a megabyte under a million symbols is not walked a million times
  std::set<std::string> doubtful_;
  std::map<std::string, uint64_t> found_;
};

}  // namespace

std::map<std::string, uint64_t> find_variables(const elf::File& file, const Names& names) {
  Search search(names);
  for (const elf::Section& section : file.sections()) {
    if (section.type == SHT_SYMTAB || section.type == SHT_DYNSYM) search.walk(file, section);
  }
  return search.take();
}

}  // namespace sonde::usdt
