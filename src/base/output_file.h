// A file that the user names for output: what becomes of what is there already.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::base {

// Writes `bytes` to what `path` names, as docs/howto/output-files.md has it in a table. A new file, or a regular file
// with one link, is written beside its place and renamed, so that it is there as a whole or as it was before; owner,
// mode and extended attributes stay. Anything else is opened and written: FIFOs, devices, descriptors of this process
// (/dev/stdout), files with several links, and files whose directory takes no new file.
Status write_output(const std::string& path, std::string_view bytes);

// What can be known about write_output() beforehand, for a command that traces for minutes before it writes. Opens and
// creates nothing.
Status check_output(const std::string& path);

}  // namespace sonde::base
