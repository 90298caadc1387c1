// Many elements of a map in one go: with the kernel's batch commands where it has them for this kind of map, and one by
// one where it has not. Each function gives 0, or the errno of what went wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sonde::bpf {

struct MapShape {
  int fd = -1;
  uint32_t key_size = 0;
  uint32_t value_bytes = 0;  // of all CPUs
  uint32_t max_entries = 0;
};

// Keys and values, one after the other in the same order.
struct Elements {
  std::string keys;
  std::string values;
  size_t count = 0;
};

// Elements that cannot be read (an empty slot, one that has just gone) are left out. `take`: what is given is removed.
int read_elements(const MapShape& map, bool take, Elements& elements);
// Stops at the first that fails; `done` says how many were handled.
int update_elements(const MapShape& map, const char* keys, const char* values, size_t count, uint64_t flags,
                    size_t& done);
int remove_elements(const MapShape& map, const char* keys, size_t count, size_t& done);
// Keys that go meanwhile are no failure.
int remove_all_elements(const MapShape& map);
int count_elements(const MapShape& map, size_t& count);

}  // namespace sonde::bpf
