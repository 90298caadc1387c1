// What a tool did not see: events, map entries, stacks, strings. Said at its end, on standard error and in JSON; nothing is
// said when all is there.
#pragma once

#include "frame/shape.h"

namespace sonde::frame {

// `missed_calls`: Session::missed_calls() before the programs were detached.
void tell_losses(Stage& stage, uint64_t missed_calls);

}  // namespace sonde::frame
