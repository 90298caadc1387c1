// The programs that are installed with this library (sonde-cc, sonde-dwarf): where they are, and their versions.
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::base {

// An executable that stays the one that was found, whatever happens to its name.
struct Executable {
  std::string path;
  Fd fd;                 // open for reading, close-on-exec
  std::string identity;  // differs when the file does
};

struct HelperProgram {
  const char* name;      // "sonde-cc"
  const char* variable;  // of the environment, which says where it is: "SONDE_CC"
  const char* role;      // for messages: "the compiler"
  const char* hint;      // for who has none
};

// Where the variable says; else near the file that holds this code (libsonde.so, the Python module, a program); else
// near the running program; else in $PATH.
Result<Executable> find_helper_program(const HelperProgram& wanted);

}  // namespace sonde::base
