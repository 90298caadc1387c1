// A tool from its object to its last line.
#pragma once

#include <string>
#include <vector>

#include "frame/choices.h"
#include "sonde/session.h"

namespace sonde::frame {

// The command line of `tool`: gives its choices, or nullopt when -h, --version or --schema said all there is to say.
// kInvalid: how it was called; the hint says how to ask.
Result<std::optional<Choices>> read_command_line(const Object& object, const Tool& tool, const std::string& command,
                                                 const std::vector<std::string>& arguments);

// Loads, attaches, and shows until the time is over or a signal asks for the end. Gives the exit status: that of a
// command that ended by
// itself, else 0.
Result<int> run_tool(const Object& object, const Tool& tool, const Choices& choices);

// Both. `command` is what the user typed: "sonde opensnoop", "opensnoop". Gives the exit status; errors are said.
int run_tool_command(const Object& object, const std::string& name, const std::string& command,
                     const std::vector<std::string>& arguments);

}  // namespace sonde::frame
