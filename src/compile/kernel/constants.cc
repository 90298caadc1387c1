// Looks up constants by name; the table is generated at build time by scripts/make_constants.py.
#include "compile/kernel/constants.h"

#include <algorithm>

namespace sonde::compile {
namespace {

struct Row {
  uint64_t value;
  uint32_t name;  // its offset in kNames
  uint8_t length;
  uint8_t bits;
  bool is_unsigned;
};

#include "constants_table.inc"

std::string_view name_of(const Row& row) { return {kNames + row.name, row.length}; }

}  // namespace

std::optional<Constant> find_constant(std::string_view name) {
  auto found = std::ranges::lower_bound(kRows, name, {}, name_of);
  if (found == std::end(kRows) || name_of(*found) != name) return std::nullopt;
  return Constant{found->value, found->is_unsigned, found->bits};
}

}  // namespace sonde::compile
