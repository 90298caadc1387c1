// A spec as the compiler makes it of a plain program: one that includes no tool.h.
#pragma once

#include <linux/bpf.h>

#include <string>

#include "spec/spec.h"

namespace sonde::tool {

namespace program_spec {
enum Id : spec::TypeId { kVoid, kU32, kU64, kChar, kComm, kPair, kEvent, kBucket, kInt, kStackKey, kFlags };
}

inline spec::Spec program_types() {
  using namespace program_spec;
  using spec::TypeKind;
  spec::Spec spec;
  spec.types = {
      {TypeKind::kVoid, "void"},
      {TypeKind::kInt, "unsigned int", "u32", 4},
      {TypeKind::kInt, "unsigned long long", "u64", 8},
      {TypeKind::kChar, "char", "", 1, true},
      {TypeKind::kArray, "", "", 8, false, kChar, 8},
      {.kind = TypeKind::kStruct, .name = "pair", .size = 16, .fields = {{"x", kU64, 0}, {"y", kU64, 64}}},
      {.kind = TypeKind::kStruct,
       .name = "event",
       .size = 32,
       .fields = {{"pid", kU32, 0}, {"comm", kComm, 64}, {"at", kPair, 128}}},
      {.kind = TypeKind::kStruct, .name = "bucket", .size = 16, .fields = {{"disk", kComm, 0}, {"slot", kU64, 64}}},
      {TypeKind::kInt, "int", "", 4, true},
      {.kind = TypeKind::kStruct,
       .name = "key",
       .size = 12,
       .fields = {{"pid", kU32, 0}, {"user_stack_id", kInt, 32}, {"kernel_stack_id", kInt, 64}}},
      {.kind = TypeKind::kStruct,
       .name = "flags",
       .size = 4,
       .fields = {{"low", kU32, 0, 4}, {"", kU32, 4, 4}, {"high", kInt, 8, 8}}},
  };
  return spec;
}

inline spec::Map event_map(const char* name, std::optional<spec::TypeId> event) {
  spec::Map map;
  map.name = name, map.kind = "perf_output", map.type = BPF_MAP_TYPE_PERF_EVENT_ARRAY, map.event = event;
  return map;
}

inline spec::Map map_of(const char* name, uint32_t type, spec::TypeId key, spec::TypeId value,
                        const char* kind = "hash") {
  static const spec::Spec types = program_types();
  spec::Map map;
  map.name = name, map.kind = kind, map.type = type, map.key = key, map.value = value;
  map.key_size = types.types[key].size, map.value_size = types.types[value].size;
  return map;
}

template <typename... T>
std::string bytes_of_all(T... values) {
  std::string bytes;
  (bytes.append(reinterpret_cast<const char*>(&values), sizeof values), ...);
  return bytes;
}

}  // namespace sonde::tool
