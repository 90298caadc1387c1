// The session that asked for a compilation, as the compiler sees it: it opens files and answers questions, for the
// compiler's own process may do neither.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "spec/wire.h"

namespace sonde::compile {

struct Host {
  std::function<std::optional<std::string>(const std::string& category, const std::string& event)> tracepoint_format;
  std::function<std::optional<std::string>(const std::string& path)> read_file;  // files that this process may not open
  // How the program named so reads the arguments of the USDT probe "PATH:PROVIDER:NAME": preamble and usdt of a
  // Request.
  std::function<Result<spec::Request>(const std::string& program, const std::string& probe)> usdt_readers;
  std::function<void(const std::string& path)> used_file;  // the result depends on it
  std::function<void(const std::string& text)> diagnostics;
  std::function<void(const std::string& text)> output;
  std::function<void()> give_up;  // the compilation has failed, and the process ends
};

}  // namespace sonde::compile
