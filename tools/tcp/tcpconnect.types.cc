// tcpconnect's types: dns_answer_t, a message of a name server, which is not shown, and dns_name_t, the host name that
// was asked for before an address was used, with how long ago that was if it is long.
#include <sys/socket.h>

#include "tool/formats/layout.h"
#include "tool/formats/members.h"
#include "tool/text/value_text.h"

namespace sonde::tools {
namespace {

using namespace tool;

constexpr uint64_t kLong = 100'000'000;  // ns

void take(const Value& value) {
  Members answer(value);
  value.formats.dns().add(answer.bytes("bytes").substr(0, answer.number("length")), answer.number("at"));
}

std::string host_of(const Value& value) {
  Members used(value);
  auto ip = layout::read<layout::ip_t>(used.bytes("ip"));
  std::string_view address(reinterpret_cast<const char*>(ip.bytes), ip.family == AF_INET ? 4 : 16);
  using std::string_view_literals::operator""sv;
  if (address == "\x7f\0\0\1"sv || address == "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"sv) return "localhost";
  uint64_t now = used.number("at");
  const DnsNames::Known* known = value.formats.dns().find(address, now);
  if (!known) return "No DNS Query";
  uint64_t age = now > known->seen_ns ? now - known->seen_ns : 0;
  return age > kLong ? fmt::format("{} ({:.3f}ms)", known->host, static_cast<double>(age) / 1e6) : known->host;
}

}  // namespace

std::span<const ValueType> tcpconnect_types() {
  static const ValueType kTypes[] = {
      {.name = "dns_answer_t", .take = take},
      {.name = "dns_name_t",
       .text = [](const Value& value) { return safe_text(host_of(value)); },
       .json = [](const Value& value) -> nlohmann::json { return host_of(value); },
       .json_type = "text"},
  };
  return kTypes;
}

}  // namespace sonde::tools
