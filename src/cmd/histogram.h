// A power-of-two histogram as text, to the character what BCC's print_log2_hist prints.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sonde::cmd {

// counts[i] is slot i: values from 2^(i-1) to 2^i - 1. `title` stands over the first column. Empty when there is nothing
// above slot 0. Lines end with a newline.
std::string log2_histogram(const std::vector<uint64_t>& counts, const std::string& title);

}  // namespace sonde::cmd
