// The machine's processors: which exist, which could, which are on.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::kernel {

// "0-3,8" -> {0, 1, 2, 3, 8}.
Result<std::vector<int>> parse_cpu_list(std::string_view text);

Result<std::vector<int>> online_cpus();

// How many values a per-CPU map holds and how many slots a perf event array needs: one more than the highest possible
// CPU. Read once; never 0.
unsigned possible_cpus();

}  // namespace sonde::kernel
