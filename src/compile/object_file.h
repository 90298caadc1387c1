// The finishing of an object file: debug information that no loader reads is taken out, the spec is put in.
#pragma once

#include <string>

#include "base/result.h"
#include "spec/spec.h"

namespace sonde::compile {

Result<std::string> finish_object(const std::string& object, const spec::Spec& spec);

}  // namespace sonde::compile
