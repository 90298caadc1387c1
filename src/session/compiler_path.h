// Where sonde-cc is, and which one it is.
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::session {

// An executable that stays the one that was found, whatever happens to its name.
struct Executable {
  std::string path;
  base::Fd fd;           // open for reading, close-on-exec
  std::string identity;  // device, inode, size and times: differs when the file does
};

// $SONDE_CC; else near the file that holds this code (libsonde.so, the Python module, a program); else near the running
// program; else in $PATH.
Result<Executable> find_compiler();

}  // namespace sonde::session
