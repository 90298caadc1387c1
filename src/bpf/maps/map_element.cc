// The elements of a map: system calls, by way of libbpf.
#include "bpf/maps/map_element.h"

#include <bpf/bpf.h>

#include <cerrno>

namespace sonde::bpf {

namespace {

int code_of(int returned) { return returned == 0 ? 0 : errno; }

}  // namespace

int look_up(int map, const void* key, void* value) { return code_of(bpf_map_lookup_elem(map, key, value)); }

int update(int map, const void* key, const void* value, uint64_t flags) {
  return code_of(bpf_map_update_elem(map, key, value, flags));
}

int remove(int map, const void* key) { return code_of(bpf_map_delete_elem(map, key)); }
int take(int map, const void* key, void* value) { return code_of(bpf_map_lookup_and_delete_elem(map, key, value)); }
int next_key(int map, const void* key, void* next) { return code_of(bpf_map_get_next_key(map, key, next)); }

}  // namespace sonde::bpf
