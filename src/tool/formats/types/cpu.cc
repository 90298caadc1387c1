// cpu_t: as an option the number of a CPU that this machine has, or -1 for all of them, as BCC's tools have it.
#include "tool/formats/value_type.h"
#include "tool/text/number.h"

#include <unistd.h>

namespace sonde::tool {
namespace {

Result<std::string> parse(std::string_view text, size_t size) {
  if (text == "-1") return bytes_of(UINT64_MAX, size);
  long configured = std::max(::sysconf(_SC_NPROCESSORS_CONF), 1L);
  ASSIGN_OR_RETURN(uint64_t cpu, number_in({0, static_cast<uint64_t>(configured - 1)}, text));
  return bytes_of(cpu, size);
}

}  // namespace

const ValueType& cpu_type() {
  static const ValueType kType{.name = "cpu_t", .parse = parse, .is_label = true};
  return kType;
}

}  // namespace sonde::tool
