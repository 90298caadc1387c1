// What all grammars begin with.
#pragma once

#include "probes/parse.h"

namespace sonde::probes {

// A specification with its text, which is neither empty nor too long, and has no NUL.
Parsed<Specification> start(std::string_view text, const ParseOptions& options);

}  // namespace sonde::probes
