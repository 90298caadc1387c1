// C text in, object file out: the steps of one compilation, from Request to ELF.
#pragma once

#include <string>

#include "base/result.h"
#include "compile/kernel/host.h"
#include "spec/wire.h"

namespace sonde::compile {

// kCompile: the program has mistakes, and diagnostics have been given.
Result<std::string> compile(const spec::Request& request, const Host& host);

}  // namespace sonde::compile
