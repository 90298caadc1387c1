// A tool's programs at their hooks: those whose options are on, the first of alternatives that this kernel has.
#pragma once

#include "sonde/session.h"
#include "tool/views/view.h"

namespace sonde::tool {

Status attach_all(Session& session, RunContext& context);

}  // namespace sonde::tool
