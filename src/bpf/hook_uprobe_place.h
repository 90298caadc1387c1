// Where a uprobe goes: what users write, made into a file and offsets in it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "bpf/hooks.h"

namespace sonde::bpf {

struct PlaceWanted {
  std::string binary;    // as symbols::find_binary() takes it
  std::string symbol;    // or:
  uint64_t address = 0;  // as nm(1) prints it; without either, `offset` counts from the start of the file
  uint64_t offset = 0;
  int pid = -1;
};

// "BINARY:SYMBOL", "BINARY:SYMBOL+0x10", "BINARY:0xOFFSET": the last is an offset in the file.
Result<PlaceWanted> parse_place(const std::string& target);

// The file, as the kernel can open it, and the place, or places: several functions may have one name, and then all are
// meant.
Result<UserPlacesWanted> find_place(const PlaceWanted& wanted);

// Every function that symbols::find_functions() finds; kNotFound when there is none.
Result<UserPlacesWanted> find_places(const std::string& binary, const std::string& pattern, int pid);

// What a request wants: its places, or what its target says.
Result<UserPlacesWanted> places_of(const HookRequest& request);

// Fails for what the kernel would take and no program survives: places outside of the file's code. Files that are not
// ELF pass. A place at a vector instruction that the kernel will not probe moves behind it: arguments and the stack are
// the same there.
Status settle_places(UserPlacesWanted& wanted);

}  // namespace sonde::bpf
