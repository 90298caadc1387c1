// timestamp_t: seconds since the tool was started.
#include "frame/value_type.h"

namespace sonde::frame {

const ValueType& timestamp_type() {
  static const ValueType kType{
      .name = "timestamp_t",
      .text = [](const Value& value) {
        int digits = value.style.digits < 0 ? 3 : value.style.digits;
        return fmt::format("{:.{}f}", value.surroundings.seconds_since_start(value.number()), digits);
      },
      .json = [](const Value& value) -> nlohmann::json { return value.surroundings.seconds_since_start(value.number()); },
      .parse = nullptr,
      .json_type = "number"};
  return kType;
}

}  // namespace sonde::frame
