// A program or library that was found by its name.
#pragma once

#include <string>

namespace sonde::symbols {

struct FoundFile {
  std::string path;    // that can be opened from here
  std::string shown;   // for messages: as its own mount namespace calls it
  std::string root;    // of the file system that it is seen in: "" for our own, or "/proc/181/root"
  std::string inside;  // its path in there, without symbolic links: for what is looked for beside it
};

}  // namespace sonde::symbols
