// string_t: text of a program's memory, of any length.
#include "tool/formats/texts.h"
#include "tool/formats/value_type.h"

namespace sonde::tool {

const ValueType& string_type() {
  static const ValueType kType{.name = "string_t",
                               .text = [](const Value& value) { return shown_text(string_of(value.bytes)); },
                               .json = [](const Value& value) { return json_of_text(string_of(value.bytes)); },
                               .is_cut = [](const Value& value) { return string_of(value.bytes).is_cut(); },
                               .has_unread = true,
                               .json_type = "text"};
  return kType;
}

}  // namespace sonde::tool
