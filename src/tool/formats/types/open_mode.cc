// open_mode_t: the permissions of a file that an open(2) makes; "n/a" where it makes none.
#include "tool/formats/value_type.h"

namespace sonde::tool {

const ValueType& open_mode_type() {
  static const ValueType kType{.name = "open_mode_t", .text = [](const Value& value) {
                                 return value.signed_number() < 0 ? std::string("n/a")
                                                                  : fmt::format("{:04o}", value.number());
                               }};
  return kType;
}

}  // namespace sonde::tool
