// A tool's options on a command line: its own ones, those that every tool has, and what follows from them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "tool/declaration/constants.h"
#include "tool/declaration/tool.h"
#include "tool/settings/settings.h"

namespace CLI {
class App;
}

namespace sonde::tool {

class ToolOptions {
 public:
  // Adds them to `app`. `constants`: of the program, for the defaults; nullptr: it has none. All of them must outlive
  // this. `command` is what the user typed: errors name it.
  ToolOptions(CLI::App& app, const spec::Spec& spec, const Tool& tool, const std::string& command,
              const Constants* constants = nullptr);
  ~ToolOptions();

  // false: -h or --version said all there is to say. kInvalid: how it was called; the hint says how to ask.
  Result<bool> parse(std::vector<std::string> arguments);

  // What is to be printed instead of tracing.
  struct Asked {
    bool schema = false, manual = false;
    std::string listed_type;  // whose names are to be listed; empty: none
  };
  const Asked& asked() const;

  // kInvalid: options contradict each other.
  Result<Settings> settings();

 private:
  class Options;
  std::unique_ptr<Options> options_;
};

}  // namespace sonde::tool
