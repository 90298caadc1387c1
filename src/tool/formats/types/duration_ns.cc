// duration_ns_t: a time span, in the unit that its column says; nanoseconds as JSON.
#include "tool/formats/value_type.h"

namespace sonde::tool {
namespace {

double divisor(const std::string& unit) {
  if (unit == "s") return 1e9;
  if (unit == "ms") return 1e6;
  return unit == "us" ? 1e3 : 1;
}

}  // namespace

const ValueType& duration_ns_type() {
  static const ValueType kType{.name = "duration_ns_t",
                               .text =
                                   [](const Value& value) {
                                     double shown = static_cast<double>(value.number()) / divisor(value.style.unit);
                                     if (value.style.digits <= 0)
                                       return fmt::format("{}", static_cast<uint64_t>(shown));
                                     return fmt::format("{:.{}f}", shown, value.style.digits);
                                   },
                               .unit = "seconds",
                               .scale = 1e-9};
  return kType;
}

}  // namespace sonde::tool
