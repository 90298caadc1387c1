// Where a uprobe goes: what users write, made into a file and offsets in it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "bpf/hooks/hooks.h"

namespace sonde::bpf {

// "BINARY:SYMBOL", "BINARY:SYMBOL+0x10", "BINARY:0xOFFSET": the last is an offset in the file.
Result<UserProbe> parse_place(const std::string& target);

// Fills in the file, as the kernel can open it, and the place, or places: several functions may have one name, and then
// all are meant; kNotFound when no function matches a pattern.
Result<UserProbe> find_place(const UserProbe& wanted);

// What a hook wants: its places, or what its target says.
Result<UserProbe> places_of(const Hook& hook);

// Fails for what the kernel would take and no program survives: places outside of the file's code. Files that are not
// ELF pass. A place at a vector instruction that the kernel will not probe moves behind it: arguments and the stack are
// the same there.
Status settle_places(UserProbe& wanted);

}  // namespace sonde::bpf
