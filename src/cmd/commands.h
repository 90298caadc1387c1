// The subcommands of `sonde`: each adds itself to the command line and says what runs when it is chosen.
#pragma once

#include <functional>

#include "base/result.h"

namespace CLI {
class App;
}

namespace sonde::cmd {

using Action = std::function<Status()>;

Action add_run(CLI::App& app);
Action add_cc(CLI::App& app);

// The whole command: its exit status is 0, 1 for what went wrong, 2 for how it was called.
int run_command(int argc, char** argv);

}  // namespace sonde::cmd
