#include "dwarf/unit.h"

#include <dwarf.h>

namespace sonde::dwarf {

namespace {

constexpr unsigned kMaxDepth = 256;

bool is_scope(int tag) {
  switch (tag) {
    case DW_TAG_namespace:
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_interface_type:
    case DW_TAG_module:
    case DW_TAG_subprogram: return true;
    default: return false;
  }
}

}  // namespace

Unit::Unit(Dwarf_Die root) : root_(root) {
  walk(root_, 0, 0);
  functions_.finish();
}

void Unit::add_ranges(Dwarf_Die& function) {
  Dwarf_Off offset = dwarf_dieoffset(&function);
  each_range(function, [&](uint64_t low, uint64_t high) { functions_.add(low, high, offset); });
}

// Functions lie in namespaces and types (Rust), in blocks of other functions (GCC), and mostly at the top. An entry
// that does not come after the last one is what a damaged DW_AT_sibling leads to, in circles.
void Unit::walk(Dwarf_Die& parent, Dwarf_Off scope, unsigned depth) {
  Dwarf_Die child;
  if (depth > kMaxDepth || dwarf_child(&parent, &child) != 0) return;
  do {
    if (dwarf_dieoffset(&child) <= last_) return;
    last_ = dwarf_dieoffset(&child);
    int tag = dwarf_tag(&child);
    Dwarf_Off inner = scope;
    if (is_scope(tag)) {
      inner = dwarf_dieoffset(&child);
      if (scope) scopes_.emplace(inner, scope);
    }
    if (tag == DW_TAG_subprogram) add_ranges(child);
    walk(child, inner, depth + 1);
  } while (dwarf_siblingof(&child, &child) == 0);
}

bool Unit::function_at(uint64_t address, Dwarf_Die& function) const {
  Dwarf_Die root = root_;
  Dwarf* dwarf = dwarf_cu_getdwarf(root.cu);
  for (Dwarf_Off offset : functions_.around(address)) {
    if (dwarf_offdie(dwarf, offset, &function)) return true;
  }
  return false;
}

std::string Unit::scope_of(Dwarf_Die& entry) const {
  std::string text;
  Dwarf_Die root = root_;
  Dwarf* dwarf = dwarf_cu_getdwarf(root.cu);
  auto at = scopes_.find(dwarf_dieoffset(&entry));
  for (unsigned depth = 0; at != scopes_.end() && depth < kMaxDepth; at = scopes_.find(at->second), ++depth) {
    Dwarf_Die scope;
    if (!dwarf_offdie(dwarf, at->second, &scope)) break;
    const char* name = dwarf_diename(&scope);
    if (!name) name = dwarf_tag(&scope) == DW_TAG_namespace ? "(anonymous namespace)" : "(anonymous class)";
    text.insert(0, std::string(name) + "::");
  }
  return text;
}

}  // namespace sonde::dwarf
