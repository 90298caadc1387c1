// The JSON schema of what a tool prints with --json.
#pragma once

#include <nlohmann/json.hpp>

#include "tool/declaration/tool.h"

namespace sonde::tool {

nlohmann::ordered_json schema(const spec::Spec& spec, const Tool& tool);

}  // namespace sonde::tool
