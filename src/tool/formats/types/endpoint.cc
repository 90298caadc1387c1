// endpoint_t: an address and a port, "127.0.0.1:80".
#include "tool/formats/value_type.h"

#include <arpa/inet.h>

#include "tool/formats/layout.h"

namespace sonde::tool {
namespace {

std::string text(const Value& value) {
  auto [ip, port] = layout::read<layout::endpoint_t>(value.bytes);
  char written[INET6_ADDRSTRLEN];
  bool known = ip.family == AF_INET || ip.family == AF_INET6;
  if (!known || !::inet_ntop(static_cast<int>(ip.family), ip.bytes, written, sizeof written)) return "?";
  // A table's unit "[]#" is how BCC writes the ends of what it counts.
  return fmt::format(fmt::runtime(value.style.unit == "[]#" ? "[{}]#{}" : "{}:{}"), written, port);
}

}  // namespace

const ValueType& endpoint_type() {
  static const ValueType kType{.name = "endpoint_t", .text = text, .json_type = "string"};
  return kType;
}

}  // namespace sonde::tool
