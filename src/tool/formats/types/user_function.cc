// user_function_t: a function of a process by its name; its address where it has none.
#include "tool/formats/layout.h"
#include "tool/formats/value_type.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

std::string name_of(const Value& value) {
  auto [address, pid] = layout::read<layout::user_function_t>(value.bytes);
  Symbol found = value.formats.symbol(pid, address);
  return found.name.empty() ? fmt::format("{:#x}", address) : std::string(found.name);
}

}  // namespace

const ValueType& user_function_type() {
  static const ValueType kType{.name = "user_function_t",
                               .text = [](const Value& value) { return safe_text(name_of(value)); },
                               .json = [](const Value& value) -> nlohmann::json { return name_of(value); },
                               .json_type = "text"};
  return kType;
}

}  // namespace sonde::tool
