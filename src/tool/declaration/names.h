// Names in a tool's declarations that C does not check: macros of tool.h hand them on as text.
#pragma once

#include "base/result.h"
#include "spec/spec.h"
#include "tool/declaration/tool.h"

namespace sonde::tool {

// kInvalid: a template, an expression or a condition names an option, a column or a field that there is not. The error
// says where, and the nearest name that there is.
Status check_names(const spec::Spec& spec, const Tool& tool);

}  // namespace sonde::tool
