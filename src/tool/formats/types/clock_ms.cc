// clock_ms_t: the time of day with milliseconds, here.
#include "tool/formats/value_type.h"

namespace sonde::tool {

const ValueType& clock_ms_type() {
  static const ValueType kType{
      .name = "clock_ms_t",
      .text = [](const Value& value) { return clock_ms_text(value.formats.wall_time_ns(value.number()), false); },
      .json = [](const Value& value) -> nlohmann::json { return iso_text(value.formats.wall_time_ns(value.number())); },
      .json_type = "string"};
  return kType;
}

}  // namespace sonde::tool
