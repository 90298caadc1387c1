// What the kernel's map types have in common and where they differ: a row for each type that programs may declare.
#pragma once

#include <cstdint>
#include <string_view>

namespace sonde::spec {

struct MapType {
  uint32_t number;          // BPF_MAP_TYPE_*
  std::string_view plural;  // "ring buffers"
  bool has_key = true;
  bool has_value = true;
  bool is_per_cpu = false;        // a value for each possible CPU
  bool is_local_storage = false;  // belongs to an object of the kernel; its BTF has to name the types of key and value
  std::string_view feature = {};  // of kernel/features.cc, where kernels that sonde runs on may lack the type
  std::string_view instead = {};  // what works on those
};

// A type without a row is as a hash.
const MapType& map_type(uint32_t number);

}  // namespace sonde::spec
