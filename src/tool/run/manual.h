// A tool's page of the manual.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "tool/declaration/tool.h"

namespace sonde::tool {

// In troff, section 8. `app`: the tool's command line.
std::string manual(const spec::Spec& spec, const Tool& tool, const CLI::App& app);

}  // namespace sonde::tool
