// One unit of DWARF: where its functions are, and in what scopes.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string>
#include <unordered_map>

#include "dwarf/range_index.h"

namespace sonde::dwarf {

class Unit {
 public:
  // Walks all of it once.
  explicit Unit(Dwarf_Die root);

  // The shortest function around an address; false if there is none.
  bool function_at(uint64_t address, Dwarf_Die& function) const;
  // "ns::Class::" around a function's or type's entry; empty when it stands for itself.
  std::string scope_of(Dwarf_Die& entry) const;

  Dwarf_Die& root() { return root_; }
  const RangeIndex& functions() const { return functions_; }

 private:
  void walk(Dwarf_Die& parent, Dwarf_Off scope, unsigned depth);
  void add_ranges(Dwarf_Die& function);

  Dwarf_Die root_;
  Dwarf_Off last_ = 0;                               // where the walk is
  RangeIndex functions_;                             // values: offsets of their entries
  std::unordered_map<Dwarf_Off, Dwarf_Off> scopes_;  // of functions, types and namespaces: the one around, if any
};

// The ranges of an entry's code; visit(low, high). Bounded.
template <typename Visit>
void each_range(Dwarf_Die& entry, Visit visit) {
  constexpr size_t kMostRanges = 1u << 20;
  Dwarf_Addr base = 0, low = 0, high = 0;
  ptrdiff_t at = 0;
  for (size_t i = 0; i < kMostRanges && (at = dwarf_ranges(&entry, at, &base, &low, &high)) > 0; ++i) visit(low, high);
}

}  // namespace sonde::dwarf
