// Histograms as text, to the character what BCC's print_log2_hist and print_linear_hist print.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::tool {

// counts[i] is slot i: values from 2^(i-1) to 2^i - 1. `title` stands over the first column. Empty when there is
// nothing above slot 0. Lines end with a newline.
std::string log2_histogram(const std::vector<uint64_t>& counts, const std::string& title);
// A row for each value from 0 to the last that was counted; the last of all values also stands for those above.
std::string linear_histogram(const std::vector<uint64_t>& counts, const std::string& title);

// "1 ms" for 1024 of "usecs", "4 KB" for 4 of "Kbytes"; the number alone for units that have no larger ones.
std::string amount_text(uint64_t amount, std::string_view unit);

struct Bucket {
  uint64_t low = 0, high = 0;
};
Bucket log2_bucket(size_t slot);

}  // namespace sonde::tool
