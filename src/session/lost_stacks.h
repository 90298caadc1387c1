// What a map of stacks could not take, and how large it should have been.
#pragma once

#include <cstdint>
#include <string>

#include "bpf/image.h"

namespace sonde::session {

struct LostStacks {
  uint64_t collisions = 0;  // another stack was in the place
  uint64_t full = 0;        // no place was left
  uint64_t total() const { return collisions + full; }
};

// Zeros for maps that do not count.
LostStacks lost_stacks(const bpf::MapInfo& map);

// "901 of its 1024 places are taken: declare it with 65536 entries": enough for about one in thirty stacks to be lost, going by how many places are taken.
std::string roomier_hint(const bpf::MapInfo& map);

// One line on standard error, hint and all, if more were lost than `told`.
void say_lost_stacks(const bpf::MapInfo& map, uint64_t told);

}  // namespace sonde::session
