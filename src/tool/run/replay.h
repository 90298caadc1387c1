// The output of a recorded run, made again: with other options for how it is shown, on another machine, without a
// kernel.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "spec/spec.h"
#include "tool/declaration/constants.h"
#include "tool/declaration/tool.h"
#include "tool/outputs/sink.h"
#include "tool/settings/settings.h"

namespace sonde::tool {

// Of the first line. kInvalid: this is not a recording.
struct RecordedRun {
  std::string tool;
  nlohmann::json settings;         // apply_recorded() takes them
  std::optional<spec::Spec> spec;  // nullopt: the recording has none, and is of a ready tool
  bool is_program = false;         // of a plain program, of which tool_of_program() makes a tool
  bool has_trace_lines = false;    // of such a program
};
Result<RecordedRun> recorded_run(std::string_view recording);

// `spec` and `tool`: of the recorded tool. kInvalid: a line is damaged, or the tool's maps are not those that were
// recorded.
Status replay(std::string_view recording, const spec::Spec& spec, const Tool& tool, const Settings& settings,
              Sink& sink);

// The command: `arguments` say how it is shown, as the tool's own output options do. `constants`: of the tool; nullptr:
// it has none. Gives the exit status; errors are said.
int replay_command(std::string_view recording, const RecordedRun& run, const spec::Spec& spec, const Tool& tool,
                   const Constants* constants, const std::string& command, const std::vector<std::string>& arguments);

}  // namespace sonde::tool
