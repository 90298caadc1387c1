// thread_t: as an option the number of a thread that exists.
#include "tool/formats/value_type.h"
#include "tool/text/number.h"

namespace sonde::tool {
namespace {

Result<std::string> parse(std::string_view text, size_t size) {
  ASSIGN_OR_RETURN(uint32_t id, thread_of(text));
  return bytes_of(id, size);
}

}  // namespace

const ValueType& thread_type() {
  static const ValueType kType{.name = "thread_t", .parse = parse};
  return kType;
}

}  // namespace sonde::tool
