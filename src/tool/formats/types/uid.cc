// uid_t: a number; as an option also a name.
#include "tool/formats/value_type.h"

#include <pwd.h>

#include <algorithm>

namespace sonde::tool {
namespace {

Result<std::string> parse(std::string_view text, size_t size) {
  std::string name(text);
  bool is_number = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  uint64_t number = is_number ? std::strtoull(name.c_str(), nullptr, 10) : UINT64_MAX;
  if (number < UINT32_MAX) return bytes_of(number, size);  // the last one is nobody's
  const passwd* found = ::getpwnam(name.c_str());
  if (!found) return base::fail(ErrorKind::kNotFound, fmt::format("there is no user {}", name));
  return bytes_of(found->pw_uid, size);
}

}  // namespace

const ValueType& uid_type() {
  static const ValueType kType{.name = "uid_t", .parse = parse};
  return kType;
}

}  // namespace sonde::tool
