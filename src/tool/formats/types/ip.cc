// ip_t: an address of either family, as inet_ntop(3) writes it.
#include "tool/formats/value_type.h"

#include <arpa/inet.h>

#include "tool/formats/layout.h"

namespace sonde::tool {
namespace {

std::string text(const Value& value) {
  auto ip = layout::read<layout::ip_t>(value.bytes);
  char written[INET6_ADDRSTRLEN];
  bool known = ip.family == AF_INET || ip.family == AF_INET6;
  return known && ::inet_ntop(static_cast<int>(ip.family), ip.bytes, written, sizeof written) ? written : "?";
}

}  // namespace

const ValueType& ip_type() {
  static const ValueType kType{.name = "ip_t", .text = text, .json_type = "string"};
  return kType;
}

}  // namespace sonde::tool
