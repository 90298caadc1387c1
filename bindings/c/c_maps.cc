// libbcc's functions on descriptors of maps and programs: the kernel's own commands by the names that scripts know.
#include <linux/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "bpf/maps/map_element.h"
#include "c/c_function.h"
#include "c/command.h"

namespace {

using sonde::c::address_of, sonde::c::bpf_command;

using sonde::bpf::look_up, sonde::bpf::next_key, sonde::bpf::take;

int done(int code) {
  errno = code;
  return code == 0 ? 0 : -1;
}

int batch(bpf_cmd cmd, int map, const void* from, void* to, const void* keys, const void* values, uint32_t* count) {
  bpf_attr attr{};
  attr.batch.map_fd = static_cast<uint32_t>(map);
  attr.batch.in_batch = address_of(from);
  attr.batch.out_batch = address_of(to);
  attr.batch.keys = address_of(keys);
  attr.batch.values = address_of(values);
  attr.batch.count = *count;
  int result = bpf_command(cmd, attr);
  *count = attr.batch.count;
  return result;
}

int object_by_id(bpf_cmd cmd, uint32_t id) {
  bpf_attr attr{};
  attr.map_id = id;  // where a program's id is, too
  return bpf_command(cmd, attr);
}

int by_path(bpf_cmd cmd, int fd, const char* path) {
  bpf_attr attr{};
  attr.pathname = address_of(path);
  attr.bpf_fd = static_cast<uint32_t>(fd);
  return bpf_command(cmd, attr);
}

}  // namespace

SONDE_C_FUNCTION(int, bpf_update_elem)(int map, const void* key, const void* value, unsigned long long flags) {
  return done(sonde::bpf::update(map, key, value, flags));
}
SONDE_C_FUNCTION(int, bpf_lookup_elem)(int map, const void* key, void* value) { return done(look_up(map, key, value)); }
SONDE_C_FUNCTION(int, bpf_delete_elem)(int map, const void* key) { return done(sonde::bpf::remove(map, key)); }
SONDE_C_FUNCTION(int, bpf_lookup_and_delete)(int map, const void* key, void* value) {
  return done(take(map, key, value));
}
SONDE_C_FUNCTION(int, bpf_get_first_key)(int map, void* key, size_t) { return done(next_key(map, nullptr, key)); }
SONDE_C_FUNCTION(int, bpf_get_next_key)(int map, const void* key, void* next) { return done(next_key(map, key, next)); }

SONDE_C_FUNCTION(int, bpf_lookup_batch)(int map, const void* from, void* to, void* keys, void* values,
                                        uint32_t* count) {
  return batch(BPF_MAP_LOOKUP_BATCH, map, from, to, keys, values, count);
}
SONDE_C_FUNCTION(int, bpf_lookup_and_delete_batch)(int map, const void* from, void* to, void* keys, void* values,
                                                   uint32_t* count) {
  return batch(BPF_MAP_LOOKUP_AND_DELETE_BATCH, map, from, to, keys, values, count);
}
SONDE_C_FUNCTION(int, bpf_update_batch)(int map, const void* keys, const void* values, uint32_t* count) {
  return batch(BPF_MAP_UPDATE_BATCH, map, nullptr, nullptr, keys, values, count);
}
SONDE_C_FUNCTION(int, bpf_delete_batch)(int map, const void* keys, uint32_t* count) {
  return batch(BPF_MAP_DELETE_BATCH, map, nullptr, nullptr, keys, nullptr, count);
}

SONDE_C_FUNCTION(int, bcc_create_map)(int type, const char* name, int key_size, int value_size, int max_entries,
                                      int flags) {
  bpf_attr attr{};
  attr.map_type = static_cast<uint32_t>(type);
  attr.key_size = static_cast<uint32_t>(key_size);
  attr.value_size = static_cast<uint32_t>(value_size);
  attr.max_entries = static_cast<uint32_t>(max_entries);
  attr.map_flags = static_cast<uint32_t>(flags);
  if (name) std::memcpy(attr.map_name, name, std::min(std::strlen(name), sizeof attr.map_name - 1));
  return bpf_command(BPF_MAP_CREATE, attr);
}

SONDE_C_FUNCTION(int, bpf_obj_pin)(int fd, const char* path) { return by_path(BPF_OBJ_PIN, fd, path); }
SONDE_C_FUNCTION(int, bpf_obj_get)(const char* path) { return by_path(BPF_OBJ_GET, 0, path); }
SONDE_C_FUNCTION(int, bpf_map_get_fd_by_id)(uint32_t id) { return object_by_id(BPF_MAP_GET_FD_BY_ID, id); }
SONDE_C_FUNCTION(int, bpf_prog_get_fd_by_id)(uint32_t id) { return object_by_id(BPF_PROG_GET_FD_BY_ID, id); }

SONDE_C_FUNCTION(int, bpf_prog_get_next_id)(uint32_t start, uint32_t* next) {
  bpf_attr attr{};
  attr.start_id = start;
  int result = bpf_command(BPF_PROG_GET_NEXT_ID, attr);
  if (result == 0) *next = attr.next_id;
  return result;
}

SONDE_C_FUNCTION(int, bpf_obj_get_info_by_fd)(int fd, void* info, uint32_t* length) {
  bpf_attr attr{};
  attr.info.bpf_fd = static_cast<uint32_t>(fd);
  attr.info.info_len = *length;
  attr.info.info = address_of(info);
  int result = bpf_command(BPF_OBJ_GET_INFO_BY_FD, attr);
  if (result == 0) *length = attr.info.info_len;
  return result;
}
SONDE_C_FUNCTION(int, bpf_obj_get_info)(int fd, void* info, uint32_t* length) {
  return sonde_c_bpf_obj_get_info_by_fd(fd, info, length);
}
