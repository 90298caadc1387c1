// What a tool did not see: events, map entries, stacks, strings. Said at its end, on standard error and in JSON; nothing is
// said when all is there.
#pragma once

#include "frame/shape.h"

namespace sonde::frame {

void tell_losses(Stage& stage);

}  // namespace sonde::frame
