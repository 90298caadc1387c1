// The elements of a map, by its descriptor: raw bytes in and out. Each gives 0, or the errno of what went wrong: a key
// that is not there is a usual answer, and no message is put together for it.
#pragma once

#include <cstdint>

namespace sonde::bpf {

int look_up(int map, const void* key, void* value);
int update(int map, const void* key, const void* value, uint64_t flags);
int remove(int map, const void* key);
int take(int map, const void* key, void* value);     // looks up and removes
int next_key(int map, const void* key, void* next);  // `key` nullptr: the first

}  // namespace sonde::bpf
