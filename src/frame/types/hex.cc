// hex_t: addresses and keys.
#include "frame/value_type.h"

namespace sonde::frame {

const ValueType& hex_type() {
  static const ValueType kType{
      .name = "hex_t",
      .text = [](const Value& value) { return fmt::format("{:x}", value.number()); }};
  return kType;
}

}  // namespace sonde::frame
