// utc_clock_ms_t: the time of day with milliseconds, in UTC.
#include "frame/value_type.h"

namespace sonde::frame {

const ValueType& utc_clock_ms_type() {
  static const ValueType kType{
      .name = "utc_clock_ms_t",
      .text = [](const Value& value) { return clock_ms_text(value.surroundings.wall_time_ns(value.number()), true); },
      .json = [](const Value& value) -> nlohmann::json { return iso_text(value.surroundings.wall_time_ns(value.number())); },
      .json_type = "string"};
  return kType;
}

}  // namespace sonde::frame
