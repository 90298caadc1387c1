// Questions to one entry (DIE) of DWARF.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sonde/symbols.h"

namespace sonde::dwarf {

Dwarf_Die root_of(Dwarf_Die& entry);

uint64_t number(Dwarf_Die& entry, unsigned attribute, uint64_t otherwise = 0);
// Its own, or what it was made from has: "_ZN2ns3fooEi"; nullptr if there is none.
const char* linkage_name(Dwarf_Die& function);
// The entry at the end of the origins and specifications: the one with the name, in its scope.
Dwarf_Die declaration_of(Dwarf_Die function);

// The functions inlined one in the other around the address in `function`, outermost first.
std::vector<Dwarf_Die> inlined_at(const Dwarf_Die& function, uint64_t address);

// File, line and column of the instruction, as the line table of its unit has them.
void set_line(Dwarf_Die& root, uint64_t address, Frame& frame);
// Where an inlined function was called.
void set_call(Dwarf_Die& inlined, Frame& frame);

}  // namespace sonde::dwarf
