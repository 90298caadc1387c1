// Programs on devices, cgroups and maps of sockets as the kernel's own interface has them: what is attached here stays
// attached when the program's session, or the process, ends. Session's functions attach until the session ends.
#pragma once

#include <cstdint>
#include <string>

#include "sonde/result.h"

namespace sonde {

// `program` is a descriptor of an XDP program, `flags` are XDP_FLAGS_*. A program that is there already is replaced,
// unless the flags forbid it.
Status attach_xdp(const std::string& device, int program, uint32_t flags = 0);
// Succeeds, too, where none is attached.
Status remove_xdp(const std::string& device, uint32_t flags = 0);

// To a cgroup's directory or a map of sockets, by their descriptors; `attach_type` is BPF_CGROUP_*, BPF_SK_*, `flags`
// BPF_F_*.
Status attach_program(int program, int target, uint32_t attach_type, uint32_t flags = 0);
Status detach_program(int program, int target, uint32_t attach_type);

// A new raw socket that sees the device's packets as far as the socket filter `program` lets them through. The caller
// closes it, which ends the filter.
Result<int> open_raw_socket(const std::string& device, int program);

}  // namespace sonde
