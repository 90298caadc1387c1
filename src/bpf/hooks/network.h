// Programs on devices, cgroups, maps of sockets and sockets, attached without a link: they stay until they are taken
// away.
#pragma once

#include <cstdint>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::bpf {

// The number of a device in this network namespace.
Result<int> device_index(const std::string& device);

// program -1: takes away what is there.
Status set_xdp(const std::string& device, int program, uint32_t flags);

Status attach_to(int program, int target, uint32_t attach_type, uint32_t flags);
Status detach_from(int program, int target, uint32_t attach_type);

Result<base::Fd> open_raw_socket(const std::string& device, int program);

}  // namespace sonde::bpf
