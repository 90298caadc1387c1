// One compilation in a sonde-cc child: the request out, its questions answered, the object back.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/helper_program.h"
#include "base/result.h"
#include "session/cache/dependency.h"
#include "spec/wire.h"

namespace sonde::session {

struct Compilation {
  std::string object;
  std::string diagnostics;  // warnings, then what `debug` asked for
  Dependencies dependencies;
};

// What of our environment the compiler sees, as "NAME=value": the few names that its search for headers honours.
std::vector<std::string> compiler_environment();

// How long to wait for the compiler.
struct Patience {
  std::chrono::milliseconds timeout;  // not positive: none
  std::function<bool()> interrupted;  // as CompileOptions::interrupted; may be empty
};

// kCompile with the diagnostics in `what`; kTimeout; kFailed when the compiler itself is at fault, or with EINTR when
// it was interrupted. The child is gone when this returns.
Result<Compilation> run_compiler(const base::Executable& compiler, const spec::Request& request,
                                 const Patience& patience);

}  // namespace sonde::session
