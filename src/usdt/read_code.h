// C statements that read one argument of a probe where it lies at one location.
#pragma once

#include <cstdint>
#include <string>

#include "usdt/probe.h"

namespace sonde::usdt {

// Sets `value` (int64_t) and `size`, or returns -1. Addresses of variables are reckoned from where the program was hit,
// so they hold wherever a file is loaded.
std::string read_code(const ProbeLocation& location, size_t argument, uint16_t machine);

// Tells locations of different forms apart, and is the same for those whose arguments all lie alike: what
// bpf_get_attach_cookie() gives there. Never 0.
uint64_t cookie_of(const ProbeLocation& location, uint16_t machine);

}  // namespace sonde::usdt
