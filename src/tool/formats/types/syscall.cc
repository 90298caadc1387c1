// syscall_t: a system call by its name.
#include "tool/formats/syscall_table.h"

namespace sonde::tool {
namespace {

std::string text(const Value& value) {
  auto number = static_cast<int64_t>(value.number());
  std::string name = name_of(syscall_table(), number);
  return name == std::to_string(number) ? fmt::format("[unknown: {}]", number) : name;
}

Result<std::string> parse(std::string_view text, size_t size) {
  ASSIGN_OR_RETURN(int64_t number, value_of_name(syscall_table(), text, "system call"));
  if (number < 0) return base::fail(ErrorKind::kInvalid, fmt::format("there is no system call {}", number));
  return bytes_of(static_cast<uint64_t>(number), size);
}

}  // namespace

const ValueType& syscall_type() {
  static const ValueType kType{
      .name = "syscall_t", .text = text, .parse = parse, .json_type = "string", .is_label = true};
  return kType;
}

}  // namespace sonde::tool
