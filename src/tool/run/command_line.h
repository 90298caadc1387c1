// A tool's command line, read as a whole.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sonde/session.h"
#include "tool/declaration/constants.h"
#include "tool/declaration/tool.h"
#include "tool/settings/settings.h"

namespace sonde::tool {

// Gives the settings of `tool`, or nullopt when -h, --version or --schema said all there is to say. `constants`: of its
// program; nullptr: it has none. kInvalid: how it was called; the hint says how to ask.
Result<std::optional<Settings>> read_command_line(const spec::Spec& spec, const Tool& tool, const Constants* constants,
                                                  const std::string& command,
                                                  const std::vector<std::string>& arguments);
Result<std::optional<Settings>> read_command_line(const Object& object, const Tool& tool, const std::string& command,
                                                  const std::vector<std::string>& arguments);

}  // namespace sonde::tool
