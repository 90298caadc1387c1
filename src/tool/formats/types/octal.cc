// octal_t: modes and flags, with eight digits or as many as DIGITS says.
#include "tool/formats/value_type.h"

namespace sonde::tool {

const ValueType& octal_type() {
  static const ValueType kType{.name = "octal_t", .text = [](const Value& value) {
                                 return fmt::format("{:0{}o}", value.number(),
                                                    value.style.digits < 0 ? 8 : value.style.digits);
                               }};
  return kType;
}

}  // namespace sonde::tool
