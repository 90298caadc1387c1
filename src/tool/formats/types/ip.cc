// ip_t: an address of either family, as inet_ntop(3) writes it.
#include "tool/formats/value_type.h"

#include <arpa/inet.h>

#include <cstring>

namespace sonde::tool {
namespace {

struct Ip {
  uint32_t family;
  unsigned char bytes[16];
};

std::string text(const Value& value) {
  Ip ip{};
  std::memcpy(&ip, value.bytes.data(), std::min(value.bytes.size(), sizeof ip));
  char written[INET6_ADDRSTRLEN];
  bool known = ip.family == AF_INET || ip.family == AF_INET6;
  return known && ::inet_ntop(static_cast<int>(ip.family), ip.bytes, written, sizeof written) ? written : "?";
}

}  // namespace

const ValueType& ip_type() {
  static const ValueType kType{
      .name = "ip_t",
      .text = text,
      .json_type = "string"};
  return kType;
}

}  // namespace sonde::tool
