// Text with the values of a tool's options in it.
#pragma once

#include <string>

#include "tool/views/view.h"

namespace sonde::tool {

// "{name}" is an option's value, "{option?text}" text if it is on, "{!option?text}" if it is off; the text may have
// braces. "{probes}" are the probes as the user named them, "{probe_count}" how many places they are. "{interval}" are
// seconds between reports, "{end}" is when the tool ends: " for 3 secs." or "... Hit Ctrl-C to end."
std::string filled_by_options(const std::string& pattern, RunContext& context);

}  // namespace sonde::tool
