// wall_time_t: the time of day.
#include "tool/formats/value_type.h"

namespace sonde::tool {

const ValueType& wall_time_type() {
  static const ValueType kType{
      .name = "wall_time_t",
      .text = [](const Value& value) { return clock_text(value.formats.wall_time_ns(value.number())); },
      .json = [](const Value& value) -> nlohmann::json { return iso_text(value.formats.wall_time_ns(value.number())); },
      .json_type = "string"};
  return kType;
}

}  // namespace sonde::tool
