// uid_t: a number; as an option also a name.
#include "frame/value_type.h"

#include <pwd.h>

#include <algorithm>

namespace sonde::frame {
namespace {

Result<std::string> parse(std::string_view text, size_t size) {
  std::string name(text);
  bool is_number = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (is_number && name.size() <= 10) return bytes_of(std::strtoull(name.c_str(), nullptr, 10), size);
  const passwd* found = ::getpwnam(name.c_str());
  if (!found) return base::fail(ErrorKind::kNotFound, fmt::format("there is no user {}", name));
  return bytes_of(found->pw_uid, size);
}

}  // namespace

const ValueType& uid_type() {
  static const ValueType kType{.name = "uid_t", .text = nullptr, .json = nullptr, .parse = parse, .json_type = nullptr};
  return kType;
}

}  // namespace sonde::frame
