// The files that a compiler child may have read for it: those below the caller's directory or an include directory of
// the flags, and the files that the caller named himself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "spec/wire.h"

namespace sonde::session {

class IncludeFiles {
 public:
  explicit IncludeFiles(const spec::Request& request);

  // The content, or nothing: not there, not a regular file, too large, or not below what the caller named.
  std::optional<std::string> read(const std::string& path) const;

 private:
  bool allowed(const std::string& real_path) const;
  std::vector<std::string> directories_;  // resolved
  std::vector<std::string> files_;        // resolved
};

// Makes what the flags name absolute against `directory`: the child runs elsewhere.
void make_absolute(std::vector<std::string>& cflags, const std::string& directory);

std::string absolute_path(const std::string& path, const std::string& directory);

}  // namespace sonde::session
