// probe_t: one of the places that the user named on the command line, by its name.
#include "tool/formats/value_type.h"

namespace sonde::tool {
namespace {

std::string text(const Value& value) {
  const std::vector<std::string>& names = value.formats.probe_names();
  uint64_t number = value.number();
  return number >= 1 && number <= names.size() ? names[number - 1] : fmt::format("[probe {}]", number);
}

}  // namespace

const ValueType& probe_type() {
  static const ValueType kType{.name = "probe_t",
                               .text = text,
                               .json = [](const Value& value) -> nlohmann::json { return text(value); },
                               .json_type = "text",
                               .is_label = true};
  return kType;
}

}  // namespace sonde::tool
