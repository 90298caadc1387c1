// process_t: as an option the number of a process that exists, and not one of its threads.
#include "tool/formats/value_type.h"
#include "tool/text/number.h"

namespace sonde::tool {
namespace {

Result<std::string> parse(std::string_view text, size_t size) {
  ASSIGN_OR_RETURN(uint32_t id, process_of(text));
  return bytes_of(id, size);
}

}  // namespace

const ValueType& process_type() {
  static const ValueType kType{.name = "process_t", .parse = parse};
  return kType;
}

}  // namespace sonde::tool
