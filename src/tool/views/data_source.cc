#include "tool/views/data_source.h"

#include <algorithm>

#include <fmt/format.h>

#include "tool/text/value_text.h"

namespace sonde::tool {

std::vector<std::string_view> Elements::values_of_cpus(size_t i) const {
  std::string_view all = all_values(i);
  size_t step = (value_size + 7) / 8 * 8;  // as the kernel gives them
  std::vector<std::string_view> each;
  for (size_t at = 0; step > 0 && at + value_size <= all.size(); at += step) each.push_back(all.substr(at, value_size));
  return each;
}

Result<const spec::Map*> DataSource::map(std::string_view name) const {
  const auto& maps = spec().maps;
  auto found = std::find_if(maps.begin(), maps.end(), [&](const spec::Map& each) { return each.name == name; });
  if (found == maps.end()) return base::fail(ErrorKind::kNotFound, fmt::format("there is no map {}", name));
  return &*found;
}

uint64_t sum_of_cpus(DataSource& source, const std::string& map) {
  Result<std::string> values = source.lookup(map, std::string_view("\0\0\0\0", 4));
  uint64_t sum = 0;
  for (size_t at = 0; values && at + 8 <= values->size(); at += 8) {
    sum += unsigned_at(std::string_view(*values).substr(at), 8);
  }
  return sum;
}

}  // namespace sonde::tool
