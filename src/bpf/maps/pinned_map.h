// Maps that live in a BPF file system under a path, beyond the process that made them.
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::bpf {

// Not valid when nothing is there.
Result<base::Fd> open_pinned_map(const std::string& path);
// Pins the map; the last directory of the path is made, for its owner alone, if it is missing. The error's code is
// EEXIST when someone else has just pinned something there.
Status pin_map(int fd, const std::string& path);

}  // namespace sonde::bpf
