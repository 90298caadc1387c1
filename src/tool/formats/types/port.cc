// port_t: a number; as an option one that can be a connection's.
#include "tool/formats/value_type.h"
#include "tool/text/number.h"

namespace sonde::tool {
namespace {

Result<std::string> parse(std::string_view text, size_t size) {
  ASSIGN_OR_RETURN(uint64_t port, number_in({1, 65535}, text));
  return bytes_of(port, size);
}

}  // namespace

const ValueType& port_type() {
  static const ValueType kType{.name = "port_t", .parse = parse};
  return kType;
}

}  // namespace sonde::tool
