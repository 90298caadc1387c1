// softirq_t: a soft interrupt by its name.
#include "tool/formats/value_type.h"

namespace sonde::tool {
namespace {

constexpr Name kNames[] = {{0, "hi"},       {1, "timer"},   {2, "net_tx"}, {3, "net_rx"},  {4, "block"},
                           {5, "irq_poll"}, {6, "tasklet"}, {7, "sched"},  {8, "hrtimer"}, {9, "rcu"}};

std::string text(const Value& value) { return name_of(kNames, static_cast<int64_t>(value.number())); }

}  // namespace

const ValueType& softirq_type() {
  static const ValueType kType{.name = "softirq_t", .text = text, .json_type = "string", .is_label = true};
  return kType;
}

}  // namespace sonde::tool
