// A program as the command line names it: C text to compile, or an object that is ready.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sonde/session.h"

namespace CLI {
class App;
}

namespace sonde::cmd {

struct CompilerFlags {
  std::string btf;
  std::vector<std::string> includes, defines, undefines, forced;
  unsigned debug = 0;
  std::optional<double> timeout;  // seconds
  bool no_cache = false;
  bool portable = false;
};

void add_compiler_flags(CLI::App& app, CompilerFlags& flags);

// The whole file, which may be a pipe; an empty one is an error.
Result<std::string> read_program(const std::string& path);

// Compiles `path`; its warnings and what --debug asked for go to standard error.
Result<Object> compile_file(const std::string& path, const CompilerFlags& flags);

// An object file is opened, anything else compiled. `bytes`: what `path` has in it.
Result<Object> open_or_compile(const std::string& path, std::string bytes, const CompilerFlags& flags);

}  // namespace sonde::cmd
