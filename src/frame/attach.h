// A tool's programs at their hooks: those whose options are on, the first of alternatives that this kernel has.
#pragma once

#include "frame/shape.h"

namespace sonde::frame {

Status attach_all(Stage& stage);

}  // namespace sonde::frame
