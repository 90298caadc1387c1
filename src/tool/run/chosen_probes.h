// The probes that a user named on the command line (tool_probes.h): which places they are, and the hooks for them.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "probes/targets.h"
#include "sonde/hook.h"
#include "tool/declaration/tool.h"
#include "tool/settings/settings.h"

namespace sonde::tool {

struct ChosenProbes {
  probes::Kind kind = probes::Kind::kEntry;
  int pid = -1;
  probes::Targets found;
};

// nullopt: the tool takes none. An error shows where the user's text is wrong.
Result<std::optional<ChosenProbes>> find_chosen_probes(const Tool& tool, const Settings& settings);

// As they are shown; the number of a probe, its cookie, is its place among them, from 1.
std::vector<std::string> names_of(const ChosenProbes& probes);

// All of them together; each hook takes as many places as it can.
std::vector<Hook> hooks_of(const ChosenProbes& probes);

}  // namespace sonde::tool
