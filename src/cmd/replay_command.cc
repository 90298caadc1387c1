// `sonde replay`: the output of a run that `sonde TOOL --record FILE` recorded.
#include <memory>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/tools.h"
#include "tool/run/recording.h"
#include "tool/run/replay.h"

namespace sonde::cmd {
namespace {

Result<int> run_replay(const std::string& file, const std::vector<std::string>& tail) {
  ASSIGN_OR_RETURN(std::string recording, base::read_file(file, 2 * tool::Recorder::kMaxBytes));
  Result<tool::RecordedRun> read = tool::recorded_run(recording);
  if (!read) return tl::unexpected(base::in_context(file, read.error()));
  const tool::RecordedRun& run = *read;
  const EmbeddedTool* recorded = find_tool(run.tool);
  if (!recorded)
    return base::fail(ErrorKind::kNotFound, fmt::format("this sonde has no tool {}", run.tool),
                      "sonde list shows all of them");
  ASSIGN_OR_RETURN(Object object, recorded->object());
  return tool::replay_command(recording, object, "sonde replay " + file, tail);
}

}  // namespace

Action add_replay(CLI::App& app, std::vector<std::string> tail) {
  auto file = std::make_shared<std::string>();
  CLI::App* replay = app.add_subcommand("replay", "Print a run that a tool recorded with --record FILE");
  replay->add_option("FILE", *file, "the recording; output options of the tool may follow, as --json. Its other options stay as they were recorded")->required();
  return [file, tail = std::move(tail)] { return run_replay(*file, tail); };
}

}  // namespace sonde::cmd
