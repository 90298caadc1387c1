// boot_time_t: seconds since the machine was started.
#include "tool/formats/value_type.h"

namespace sonde::tool {

const ValueType& boot_time_type() {
  static const ValueType kType{
      .name = "boot_time_t",
      .text =
          [](const Value& value) {
            int digits = value.style.digits < 0 ? 9 : value.style.digits;
            return fmt::format("{:.{}f}", static_cast<double>(value.number()) / 1e9, digits);
          },
      .json = [](const Value& value) -> nlohmann::json { return static_cast<double>(value.number()) / 1e9; },
      .json_type = "number"};
  return kType;
}

}  // namespace sonde::tool
