// `sonde replay`: the output of a run that `sonde TOOL --record FILE` or `sonde run FILE.c --record FILE` recorded.
#include <memory>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/tools.h"
#include "tool/declaration/tool_of_program.h"
#include "tool/run/recording.h"
#include "tool/run/replay.h"

namespace sonde::cmd {
namespace {

Result<tool::Tool> recorded_tool(const tool::RecordedRun& run) {
  if (!run.is_program) return tool::read_tool(*run.spec, run.tool);
  return tool::tool_of_program(*run.spec, run.tool, run.has_trace_lines);
}

Result<int> run_replay(const std::string& file, const std::vector<std::string>& tail) {
  ASSIGN_OR_RETURN(std::string recording, base::read_file(file, 2 * tool::Recorder::kMaxBytes));
  Result<tool::RecordedRun> read = tool::recorded_run(recording);
  if (!read) return tl::unexpected(base::in_context(file, read.error()));
  const tool::RecordedRun& run = *read;
  std::string command = "sonde replay " + file;
  if (run.spec) {
    Result<tool::Tool> tool = recorded_tool(run);
    if (!tool) return tl::unexpected(base::in_context(file, tool.error()));
    return tool::replay_command(recording, run, *run.spec, *tool, nullptr, command, tail);
  }
  const EmbeddedTool* recorded = find_tool(run.tool);
  if (!recorded)
    return base::fail(ErrorKind::kNotFound, fmt::format("this sonde has no tool {}", run.tool),
                      "the recording does not describe it: record it again with this version, or replay it with the "
                      "one that recorded it");
  ASSIGN_OR_RETURN(Object object, recorded->object());
  ASSIGN_OR_RETURN(tool::Tool tool, tool::read_tool(object.spec(), run.tool));
  ASSIGN_OR_RETURN(tool::Constants constants, tool::Constants::open(object.bytes()));
  return tool::replay_command(recording, run, object.spec(), tool, &constants, command, tail);
}

}  // namespace

Action add_replay(CLI::App& app, std::vector<std::string> tail) {
  auto file = std::make_shared<std::string>();
  CLI::App* replay = app.add_subcommand("replay", "Print a run that a tool or a program recorded with --record FILE");
  replay
      ->add_option(
          "FILE", *file,
          "the recording; output options of the tool may follow, as --json. Its other options stay as they were recorded")
      ->required();
  return [file, tail = std::move(tail)] { return run_replay(*file, tail); };
}

}  // namespace sonde::cmd
