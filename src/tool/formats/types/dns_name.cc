// dns_name_t: the host name that somebody asked for before he used this address, with how long ago that was if it is long.
#include <sys/socket.h>

#include <algorithm>

#include "tool/text/value_text.h"
#include "tool/formats/value_type.h"

namespace sonde::tool {
namespace {

constexpr uint64_t kLong = 100'000'000;  // ns
constexpr size_t kFamilyAt = 8, kAddressAt = 12;

// dns_name_t of tools/tool.h: when it was used, and an ip_t.
std::string name_of(const Value& value) {
  if (value.bytes.size() < kAddressAt + 16) return "";
  uint64_t now = unsigned_at(value.bytes, 8);
  bool is_4 = unsigned_at(value.bytes.substr(kFamilyAt), 4) == AF_INET;
  std::string_view address = value.bytes.substr(kAddressAt, is_4 ? 4 : 16);
  using std::string_view_literals::operator""sv;
  if (address == "\x7f\0\0\1"sv || address == "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"sv) return "localhost";
  const DnsNames::Known* known = value.formats.dns().find(address, now);
  if (!known) return "No DNS Query";
  uint64_t age = now > known->seen_ns ? now - known->seen_ns : 0;
  return age > kLong ? fmt::format("{} ({:.3f}ms)", known->host, static_cast<double>(age) / 1e6) : known->host;
}

}  // namespace

const ValueType& dns_name_type() {
  static const ValueType kType{.name = "dns_name_t",
                               .text = [](const Value& value) { return safe_text(name_of(value)); },
                               .json = [](const Value& value) -> nlohmann::json { return name_of(value); },
                               .json_type = "text"};
  return kType;
}

}  // namespace sonde::tool
