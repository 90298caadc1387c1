#include "dwarf/entry.h"

#include <dwarf.h>

#include "dwarf/unit.h"

namespace sonde::dwarf {

namespace {

constexpr unsigned kMaxDepth = 256;
constexpr unsigned kMaxOrigins = 16;

bool is_block(int tag) {
  return tag == DW_TAG_lexical_block || tag == DW_TAG_try_block || tag == DW_TAG_catch_block || tag == DW_TAG_with_stmt;
}

bool has_code(Dwarf_Die& entry) { return dwarf_hasattr(&entry, DW_AT_low_pc) || dwarf_hasattr(&entry, DW_AT_ranges); }

// The next inlined function below `parent` that the address is in, through blocks.
bool find_inlined(Dwarf_Die& parent, uint64_t address, unsigned depth, Dwarf_Die& found) {
  Dwarf_Die child;
  Dwarf_Off last = 0;
  if (depth > kMaxDepth || dwarf_child(&parent, &child) != 0) return false;
  do {
    if (dwarf_dieoffset(&child) <= last) return false;  // led in a circle
    last = dwarf_dieoffset(&child);
    int tag = dwarf_tag(&child);
    if (tag == DW_TAG_inlined_subroutine && dwarf_haspc(&child, address) > 0) {
      found = child;
      return true;
    }
    if (is_block(tag) && (!has_code(child) || dwarf_haspc(&child, address) > 0) &&
        find_inlined(child, address, depth + 1, found))
      return true;
  } while (dwarf_siblingof(&child, &child) == 0);
  return false;
}

// libdw joins a relative directory of the line table with the unit's own only where that is absolute
// ("-ffile-prefix-map" makes it relative).
std::string path_of(Dwarf_Die& root, const char* path) {
  if (!path || path[0] == '/') return path ? path : "";
  Dwarf_Attribute memory;
  const char* text = dwarf_formstring(dwarf_attr(&root, DW_AT_comp_dir, &memory));
  std::string directory = text && *text ? std::string(text) + "/" : "";
  return std::string_view(path).starts_with(directory) ? path : directory + path;
}

}  // namespace

Dwarf_Die root_of(Dwarf_Die& entry) {
  Dwarf_Die root{};
  dwarf_diecu(&entry, &root, nullptr, nullptr);
  return root;
}

uint64_t number(Dwarf_Die& entry, unsigned attribute, uint64_t otherwise) {
  Dwarf_Attribute memory;
  Dwarf_Word value = 0;
  return dwarf_formudata(dwarf_attr(&entry, attribute, &memory), &value) == 0 ? value : otherwise;
}

const char* linkage_name(Dwarf_Die& function) {
  for (unsigned attribute : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name}) {
    Dwarf_Attribute memory;
    if (const char* name = dwarf_formstring(dwarf_attr_integrate(&function, attribute, &memory))) return name;
  }
  return nullptr;
}

Dwarf_Die declaration_of(Dwarf_Die function) {
  for (unsigned i = 0; i < kMaxOrigins; ++i) {
    Dwarf_Attribute memory;
    Dwarf_Die next;
    Dwarf_Attribute* origin = dwarf_attr(&function, DW_AT_abstract_origin, &memory);
    if (!origin) origin = dwarf_attr(&function, DW_AT_specification, &memory);
    if (!origin || !dwarf_formref_die(origin, &next)) break;
    function = next;
  }
  return function;
}

std::vector<Dwarf_Die> inlined_at(const Dwarf_Die& function, uint64_t address) {
  std::vector<Dwarf_Die> chain;
  Dwarf_Die at = function, inner;
  while (chain.size() < kMaxDepth && find_inlined(at, address, 0, inner)) {
    chain.push_back(inner);
    at = inner;
  }
  return chain;
}

void set_line(Dwarf_Die& root, uint64_t address, Frame& frame) {
  Dwarf_Line* row = dwarf_getsrc_die(&root, address);
  if (!row) return;
  int line = 0, column = 0;
  if (dwarf_lineno(row, &line) == 0) frame.line = static_cast<unsigned>(line);
  if (dwarf_linecol(row, &column) == 0) frame.column = static_cast<unsigned>(column);
  frame.file = path_of(root, dwarf_linesrc(row, nullptr, nullptr));
}

void set_call(Dwarf_Die& inlined, Frame& frame) {
  frame.line = static_cast<unsigned>(number(inlined, DW_AT_call_line));
  frame.column = static_cast<unsigned>(number(inlined, DW_AT_call_column));
  Dwarf_Die root = root_of(inlined);
  Dwarf_Files* files = nullptr;
  size_t count = 0;
  uint64_t index = number(inlined, DW_AT_call_file, SIZE_MAX);
  if (dwarf_getsrcfiles(&root, &files, &count) == 0 && index < count) {
    frame.file = path_of(root, dwarf_filesrc(files, index, nullptr, nullptr));
  }
}

}  // namespace sonde::dwarf
