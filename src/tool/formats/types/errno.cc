// errno_t: a number; as an option also its name, ENOENT.
#include "tool/formats/value_type.h"
#include "tool/text/number.h"

#include <cctype>
#include <cstring>

namespace sonde::tool {
namespace {

constexpr int kMaxErrno = 4095;

Result<std::string> parse(std::string_view text, size_t size) {
  bool negative = text.starts_with('-');
  std::string name(negative ? text.substr(1) : text);
  if (!name.empty() && std::isdigit(static_cast<unsigned char>(name[0]))) {
    ASSIGN_OR_RETURN(uint64_t number, number_in({1, kMaxErrno}, name));
    return bytes_of(number, size);
  }
  for (int number = 1; number <= kMaxErrno; ++number) {
    const char* known = ::strerrorname_np(number);
    if (known && name == known) return bytes_of(static_cast<uint64_t>(number), size);
  }
  return base::fail(ErrorKind::kNotFound, fmt::format("{} is no error", text), "errno -l lists errors");
}

}  // namespace

const ValueType& errno_type() {
  static const ValueType kType{.name = "errno_t", .parse = parse, .is_label = true};
  return kType;
}

}  // namespace sonde::tool
