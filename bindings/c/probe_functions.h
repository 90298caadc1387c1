// The kernel's functions that a kprobe can be put on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::c {

// Those whose names begin with `prefix`, each once: functions of /proc/kallsyms without what the kprobe blacklist
// names, what ftrace does not offer, code that is gone after boot, and parts of functions that the compiler split off.
Result<std::vector<std::string>> probe_functions(std::string_view prefix);

}  // namespace sonde::c
