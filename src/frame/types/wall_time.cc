// wall_time_t: the time of day.
#include "frame/value_type.h"

namespace sonde::frame {

const ValueType& wall_time_type() {
  static const ValueType kType{
      .name = "wall_time_t",
      .text = [](const Value& value) { return clock_text(value.surroundings.wall_time_ns(value.number())); },
      .json = [](const Value& value) -> nlohmann::json { return iso_text(value.surroundings.wall_time_ns(value.number())); },
      .json_type = "string"};
  return kType;
}

}  // namespace sonde::frame
