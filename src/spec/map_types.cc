#include "spec/map_types.h"

#include <linux/bpf.h>

#include <algorithm>
#include <iterator>

namespace sonde::spec {
namespace {

constexpr uint32_t kCgrpStorage = 32;  // not in the headers of Debian 12

constexpr MapType kTypes[] = {
    {.number = BPF_MAP_TYPE_HASH, .plural = "hashes"},
    {.number = BPF_MAP_TYPE_PERCPU_HASH, .plural = "hashes per CPU", .is_per_cpu = true},
    {.number = BPF_MAP_TYPE_PERCPU_ARRAY, .plural = "arrays per CPU", .is_per_cpu = true},
    {.number = BPF_MAP_TYPE_LRU_PERCPU_HASH, .plural = "LRU hashes per CPU", .is_per_cpu = true},
    {.number = BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, .plural = "storages of cgroups per CPU", .is_per_cpu = true},
    {.number = BPF_MAP_TYPE_QUEUE, .plural = "queues", .has_key = false},
    {.number = BPF_MAP_TYPE_STACK, .plural = "stacks of values", .has_key = false},
    {.number = BPF_MAP_TYPE_SK_STORAGE, .plural = "storages of sockets", .is_local_storage = true},
    {.number = BPF_MAP_TYPE_RINGBUF,
     .plural = "ring buffers",
     .has_key = false,
     .has_value = false,
     .feature = "ringbuf",
     .instead = "BPF_PERF_OUTPUT"},
    {.number = BPF_MAP_TYPE_INODE_STORAGE,
     .plural = "storages of inodes",
     .is_local_storage = true,
     .feature = "inode_storage",
     .instead = "BPF_HASH"},
    {.number = BPF_MAP_TYPE_TASK_STORAGE,
     .plural = "storages of tasks",
     .is_local_storage = true,
     .feature = "task_storage",
     .instead = "BPF_HASH"},
    {.number = BPF_MAP_TYPE_BLOOM_FILTER,
     .plural = "Bloom filters",
     .has_key = false,
     .feature = "bloom_filter",
     .instead = "BPF_HASH"},
    {.number = kCgrpStorage,
     .plural = "storages of cgroups",
     .is_local_storage = true,
     .feature = "cgrp_storage",
     .instead = "BPF_HASH"},
};

}  // namespace

const MapType& map_type(uint32_t number) {
  const MapType* found =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const MapType& type) { return type.number == number; });
  return found == std::end(kTypes) ? kTypes[0] : *found;
}

}  // namespace sonde::spec
