// bytes_t: an amount of data, in the unit that its column says; bytes as JSON.
#include "tool/formats/value_type.h"

namespace sonde::tool {

const ValueType& bytes_type() {
  static const ValueType kType{
      .name = "bytes_t",
      .text =
          [](const Value& value) {
            uint64_t divisor = value.style.unit == "KB" ? 1024 : value.style.unit == "MB" ? 1024 * 1024 : 1;
            if (value.style.digits <= 0) return fmt::format("{}", value.number() / divisor);
            return fmt::format("{:.{}f}", static_cast<double>(value.number()) / static_cast<double>(divisor),
                               value.style.digits);
          },
      .unit = "bytes"};
  return kType;
}

}  // namespace sonde::tool
