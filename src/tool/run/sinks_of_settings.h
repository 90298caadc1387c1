// The sinks that a command line asks for.
#pragma once

#include <memory>

#include "tool/declaration/tool.h"
#include "tool/outputs/sink.h"
#include "tool/settings/settings.h"

namespace sonde::tool {

// Text to `output` unless another sink takes its place.
Result<std::unique_ptr<Sink>> make_sinks(const Tool& tool, const Settings& settings, Output& output);

}  // namespace sonde::tool
