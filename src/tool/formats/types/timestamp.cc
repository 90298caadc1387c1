// timestamp_t: time since the tool was started, in seconds or as its column says in milliseconds.
#include "tool/formats/value_type.h"

namespace sonde::tool {

const ValueType& timestamp_type() {
  static const ValueType kType{
      .name = "timestamp_t",
      .text =
          [](const Value& value) {
            double seconds = value.formats.seconds_since_start(value.number());
            if (value.style.unit == "ms") return fmt::format("{}", static_cast<int64_t>(seconds * 1000));
            return fmt::format("{:.{}f}", seconds, value.style.digits < 0 ? 3 : value.style.digits);
          },
      .json = [](const Value& value) -> nlohmann::json { return value.formats.seconds_since_start(value.number()); },
      .json_type = "number"};
  return kType;
}

}  // namespace sonde::tool
