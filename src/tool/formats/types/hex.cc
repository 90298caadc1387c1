// hex_t: addresses and keys.
#include "tool/formats/value_type.h"

namespace sonde::tool {

const ValueType& hex_type() {
  static const ValueType kType{.name = "hex_t",
                               .text = [](const Value& value) { return fmt::format("{:x}", value.number()); }};
  return kType;
}

}  // namespace sonde::tool
