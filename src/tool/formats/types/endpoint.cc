// endpoint_t: an address and a port, "127.0.0.1:80".
#include "tool/formats/value_type.h"

#include <arpa/inet.h>

#include <cstring>

namespace sonde::tool {
namespace {

struct Endpoint {
  uint32_t family;
  unsigned char bytes[16];
  uint16_t port;
};

std::string text(const Value& value) {
  Endpoint endpoint{};
  std::memcpy(&endpoint, value.bytes.data(), std::min(value.bytes.size(), sizeof endpoint));
  char written[INET6_ADDRSTRLEN];
  bool known = endpoint.family == AF_INET || endpoint.family == AF_INET6;
  if (!known || !::inet_ntop(static_cast<int>(endpoint.family), endpoint.bytes, written, sizeof written)) return "?";
  // A table's unit "[]#" is how BCC writes the ends of what it counts.
  return fmt::format(fmt::runtime(value.style.unit == "[]#" ? "[{}]#{}" : "{}:{}"), written, endpoint.port);
}

}  // namespace

const ValueType& endpoint_type() {
  static const ValueType kType{
      .name = "endpoint_t",
      .text = text,
      .json_type = "string"};
  return kType;
}

}  // namespace sonde::tool
