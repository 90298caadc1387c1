// Function symbols in the order in which they are looked up, without those that two tables say alike.
#include <algorithm>

#include "elf/sort_by_address.h"
#include "elf/symbol_entry.h"

namespace sonde::elf {
namespace {

// How much of a name is looked at to compare it with another: a bound for tables of aliases with endless names.
constexpr size_t kCompared = 1024;

struct Alias {
  SymbolEntry entry;
  std::string_view name;  // at most kCompared bytes of it
};

bool same_name(const Alias& a, const Alias& b) { return a.name == b.name && a.name.size() < kCompared; }

// What was said twice comes together, the better one first.
bool by_name(const Alias& a, const Alias& b) {
  if (a.name.size() != b.name.size()) return a.name.size() < b.name.size();
  if (int order = a.name.compare(b.name)) return order < 0;
  if ((a.entry.size == 0) != (b.entry.size == 0)) return a.entry.size != 0;
  return a.entry.rank < b.entry.rank;
}

// The best last. Names were in order of length before.
bool by_preference(const Alias& a, const Alias& b) {
  if ((a.entry.size == 0) != (b.entry.size == 0)) return a.entry.size != 0;
  return a.entry.rank > b.entry.rank;
}

class AliasOrder {
 public:
  explicit AliasOrder(const std::vector<SymbolStrings>& strings) : strings_(strings) {}

  // Orders the entries of one address and gives the end of those that are to stay.
  SymbolEntry* order(SymbolEntry* first, SymbolEntry* last) {
    aliases_.clear();
    for (SymbolEntry* each = first; each != last; each++) {
      aliases_.push_back({*each, std::string_view(strings_[each->strings].bytes).substr(each->name, kCompared)});
      aliases_.back().name = aliases_.back().name.substr(0, aliases_.back().name.find('\0'));
    }
    std::sort(aliases_.begin(), aliases_.end(), by_name);
    aliases_.erase(std::unique(aliases_.begin(), aliases_.end(), same_name), aliases_.end());
    std::reverse(aliases_.begin(), aliases_.end());
    std::stable_sort(aliases_.begin(), aliases_.end(), by_preference);
    for (const Alias& each : aliases_) *first++ = each.entry;
    return first;
  }

 private:
  const std::vector<SymbolStrings>& strings_;
  std::vector<Alias> aliases_;
};

}  // namespace

void order_symbol_entries(std::vector<SymbolEntry>& entries, const std::vector<SymbolStrings>& strings) {
  sort_by_address(entries);
  AliasOrder aliases(strings);
  SymbolEntry* kept = entries.data();
  SymbolEntry* end = entries.data() + entries.size();
  for (SymbolEntry *first = entries.data(), *last; first != end; first = last) {
    last = std::find_if(first, end, [&](const SymbolEntry& each) { return each.address != first->address; });
    SymbolEntry* ordered = last - first == 1 ? last : aliases.order(first, last);
    kept = std::move(first, ordered, kept);
  }
  entries.resize(static_cast<size_t>(kept - entries.data()));
  uint64_t farthest = 0;  // end of those below this address
  for (size_t i = 0; i < entries.size();) {
    uint64_t address = entries[i].address, farthest_here = farthest;
    for (; i < entries.size() && entries[i].address == address; i++) {
      entries[i].reached = farthest > address;
      farthest_here = std::max(farthest_here, entries[i].end());
    }
    farthest = farthest_here;
  }
}

}  // namespace sonde::elf
