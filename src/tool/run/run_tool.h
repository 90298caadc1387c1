// A tool from its object to its last line.
#pragma once

#include <string>
#include <vector>

#include "sonde/session.h"
#include "tool/outputs/sink.h"
#include "tool/run/command_line.h"
#include "tool/run/stop.h"
#include "tool/settings/settings.h"

namespace sonde::tool {

// Loads and attaches `tool`, and hands what it finds to `sink`, until its command has ended or `stop` says so. Gives
// the exit status: that of a command that ended by itself, else 0. Touches neither standard output nor signals: a
// process may run several tools at once, each in a thread of its own.
Result<int> run_tool(const Object& object, const Tool& tool, const Settings& settings, Sink& sink, Stop& stop);

// The command: all of that with standard output and signals. `command` is what the user typed: "sonde opensnoop",
// "opensnoop". Gives the exit status; errors are said.
int run_tool_command(const Object& object, const Tool& tool, const std::string& command,
                     const std::vector<std::string>& arguments);
// The same when the command line is read.
int run_tool_command(const Object& object, const Tool& tool, const Settings& settings);

}  // namespace sonde::tool
