// The JSON schema of what a tool prints with --json.
#pragma once

#include <nlohmann/json.hpp>

#include "frame/tool.h"

namespace sonde::frame {

nlohmann::ordered_json schema(const spec::Spec& spec, const Tool& tool);

}  // namespace sonde::frame
