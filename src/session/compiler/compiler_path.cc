#include "session/compiler/compiler_path.h"

namespace sonde::session {

Result<base::Executable> find_compiler() {
  return base::find_helper_program(
      {"sonde-cc", "SONDE_CC", "the compiler",
       "SONDE_CC=/path/to/sonde-cc says where it is; objects made by `sonde cc` need no compiler"});
}

}  // namespace sonde::session
