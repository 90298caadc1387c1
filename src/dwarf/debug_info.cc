// Units are indexed by the ranges of their roots, which is all that is read of most of them; a unit that an address
// falls into is walked once, for its functions. Tables of .debug_aranges are not needed, and clang makes none.
#include "dwarf/debug_info.h"

#include <dwarf.h>

#include <cstdlib>
#include <new>

#include "dwarf/entry.h"

namespace sonde::dwarf {

namespace {

std::string_view view(const char* text) { return text ? text : ""; }

Error no_dwarf() {
  int code = dwarf_errno();
  return {ErrorKind::kNotFound, fmt::format("no DWARF that can be read ({})", view(dwarf_errmsg(code)))};
}

__attribute__((noreturn)) void out_of_memory() {  // as libdw.h spells it: to clang the other is another type
  if (auto handler = std::get_new_handler()) handler();
  std::abort();
}

bool is_mangled(std::string_view name) {
  return name.starts_with("_Z") || name.starts_with("_R") || name.starts_with("_D");
}

// The .dwo file that holds the unit's entries, or nothing.
std::string_view split_file(Dwarf_Die& root) {
  for (unsigned attribute : {DW_AT_dwo_name, DW_AT_GNU_dwo_name}) {
    Dwarf_Attribute memory;
    const char* name = dwarf_formstring(dwarf_attr(&root, attribute, &memory));
    if (name && *name) return name;
  }
  return {};
}

}  // namespace

Result<DebugInfo> DebugInfo::open(base::Fd file, base::Fd shared) {
  DebugInfo info;
  info.dwarf_.reset(dwarf_begin(file.get(), DWARF_C_READ));
  if (!info.dwarf_) return tl::unexpected(no_dwarf());
  dwarf_new_oom_handler(info.dwarf_.get(), out_of_memory);
  if (shared.valid()) info.shared_.reset(dwarf_begin(shared.get(), DWARF_C_READ));
  if (info.shared_) dwarf_setalt(info.dwarf_.get(), info.shared_.get());
  info.file_ = std::move(file);
  info.shared_file_ = std::move(shared);
  info.index_units();
  return info;
}

Result<DebugInfo> DebugInfo::open(char* bytes, size_t size) {
  DebugInfo info;
  elf_version(EV_CURRENT);
  info.elf_.reset(elf_memory(bytes, size));
  info.dwarf_.reset(dwarf_begin_elf(info.elf_.get(), DWARF_C_READ, nullptr));
  if (!info.dwarf_) return tl::unexpected(no_dwarf());
  info.index_units();
  return info;
}

// A unit whose root names no ranges is walked for those of its functions.
void DebugInfo::index_units() {
  Dwarf_CU* unit = nullptr;
  Dwarf_Die root;
  uint8_t type = 0;
  while (dwarf_get_units(dwarf_.get(), unit, &unit, nullptr, &type, &root, nullptr) == 0) {
    if (type != DW_UT_compile && type != DW_UT_skeleton) continue;
    Dwarf_Off offset = dwarf_dieoffset(&root);
    bool any = false;
    auto add = [&](uint64_t low, uint64_t high) {
      units_.add(low, high, offset);
      any = any || high > low;
    };
    each_range(root, add);
    if (!any) unit_of(root).functions().each(add);
  }
  units_.finish();
}

Unit& DebugInfo::unit_of(Dwarf_Die root) {
  std::unique_ptr<Unit>& unit = walked_[root.addr];
  if (!unit) unit = std::make_unique<Unit>(root);
  return *unit;
}

Result<std::vector<Frame>> DebugInfo::frames(uint64_t address) {
  Error why{ErrorKind::kNotFound, "no unit of its DWARF has this address"};
  std::vector<Frame> without;
  for (Dwarf_Off offset : units_.around(address)) {
    Dwarf_Die root, function;
    if (!dwarf_offdie(dwarf_.get(), offset, &root)) continue;
    if (std::string_view dwo = split_file(root); !dwo.empty()) {
      why = {ErrorKind::kUnsupported, fmt::format("its DWARF is split, and that in {} is not read", dwo)};
      continue;
    }
    Unit& unit = unit_of(root);
    if (unit.function_at(address, function)) return frames_in(unit, function, address);
    if (without.empty()) without = frames_without_function(unit, address);
  }
  if (without.empty()) return tl::unexpected(std::move(why));
  return without;
}

std::vector<Frame> DebugInfo::frames_in(Unit& unit, const Dwarf_Die& function, uint64_t address) {
  std::vector<Dwarf_Die> inlined = inlined_at(function, address);
  std::vector<Frame> frames(inlined.size() + 1);
  set_line(unit.root(), address, frames[0]);
  for (size_t i = 0; i < inlined.size(); ++i) {
    Dwarf_Die& entry = inlined[inlined.size() - 1 - i];
    frames[i].function = name_of(entry);
    frames[i].inlined = true;
    set_call(entry, frames[i + 1]);
  }
  frames.back().function = outermost_name(function, address);
  return frames;
}

// Assembly, mostly.
std::vector<Frame> DebugInfo::frames_without_function(Unit& unit, uint64_t address) {
  Frame frame;
  set_line(unit.root(), address, frame);
  if (frame.file.empty()) return {};
  frame.function = symbols_.around(dwarf_getelf(dwarf_.get()), address);
  return {frame};
}

std::string DebugInfo::qualified_name(Dwarf_Die function) {
  Dwarf_Die declaration = declaration_of(function);
  const char* name = dwarf_diename(&declaration);
  return name ? unit_of(root_of(declaration)).scope_of(declaration) + name : "";
}

std::string DebugInfo::name_of(Dwarf_Die function) {
  auto [entry, is_new] = names_.try_emplace(function.addr);
  if (!is_new) return entry->second;
  const char* mangled = linkage_name(function);
  return entry->second = mangled ? mangled : qualified_name(function);
}

// GCC gives linkage names only to what can be seen from outside its unit; the symbol table has those of the others, but
// for inlined ones.
std::string DebugInfo::outermost_name(Dwarf_Die function, uint64_t address) {
  std::string name = name_of(function);
  if (is_mangled(name)) return name;
  Elf* elf = dwarf_getelf(dwarf_.get());
  Dwarf_Addr entry = 0;
  std::string symbol = dwarf_entrypc(&function, &entry) == 0 ? symbols_.at(elf, entry) : "";
  if (is_mangled(symbol) || name.ends_with("::" + symbol)) return symbol;
  return name.empty() ? symbols_.around(elf, address) : name;
}

}  // namespace sonde::dwarf
