// Where sonde-cc is, and which one it is.
#pragma once

#include "base/helper_program.h"
#include "base/result.h"

namespace sonde::session {

Result<base::Executable> find_compiler();

}  // namespace sonde::session
