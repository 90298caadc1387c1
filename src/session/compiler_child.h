// One compilation in a sonde-cc child: the request out, its questions answered, the object back.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/own_program.h"
#include "base/result.h"
#include "session/dependency.h"
#include "spec/wire.h"

namespace sonde::session {

struct Compilation {
  std::string object;
  std::string diagnostics;  // warnings, then what `debug` asked for
  Dependencies dependencies;
};

// What of our environment the compiler sees, as "NAME=value": the few names that its search for headers honours.
std::vector<std::string> compiler_environment();

// kCompile with the diagnostics in `what`; kTimeout; kFailed when the compiler itself is at fault. The child is gone when
// this returns. A timeout that is not positive is none.
Result<Compilation> run_compiler(const base::Executable& compiler, const spec::Request& request, std::chrono::milliseconds timeout);

}  // namespace sonde::session
