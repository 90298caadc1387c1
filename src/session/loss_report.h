// What a ring buffer or a map of stacks had no room for, and the size that a map of stacks should have had.
#pragma once

#include <cstdint>
#include <string>

#include "bpf/load/loaded_object.h"

namespace sonde::session {

struct Lost {
  uint64_t collisions = 0;  // another stack was in the place
  uint64_t full = 0;        // no place was left, or no room
  uint64_t total() const { return collisions + full; }
};

// Zeros for maps that do not count.
Lost lost_in(const bpf::MapInfo& map);

// "901 of its 1024 places are taken: 65536 entries would keep nearly all": enough for about one in thirty stacks to be
// lost, going by how many places are taken.
std::string roomier_hint(const bpf::MapInfo& map);

// One line on standard error.
void say_lost_events(const std::string& buffer, uint64_t count);

// In one line, hint and all: what a map of stacks lost.
std::string lost_stacks_text(const bpf::MapInfo& map, const Lost& lost);

// One line on standard error, hint and all, if more were lost than `told`.
void say_lost(const bpf::MapInfo& map, uint64_t told);

}  // namespace sonde::session
