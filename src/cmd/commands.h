// The subcommands of `sonde`: each adds itself to the command line and says what runs when it is chosen.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}

namespace sonde::cmd {

using Action = std::function<Result<int>()>;  // gives the exit status

// `tail`: the words after the file, which belong to the tool in it.
Action add_run(CLI::App& app, std::vector<std::string> tail);
Action add_cc(CLI::App& app);
Action add_list(CLI::App& app);
Action add_doctor(CLI::App& app);
Action add_new(CLI::App& app);
Action add_tplist(CLI::App& app);
Action add_tplist_options(CLI::App& app);  // the same for a command line of its own
Action add_replay(CLI::App& app, std::vector<std::string> tail);

// The whole command: its exit status is 0, 1 for what went wrong, 2 for how it was called.
int run_command(int argc, char** argv);

}  // namespace sonde::cmd
