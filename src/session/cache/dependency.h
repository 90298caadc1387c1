// What a compiled object depends on besides its own text: files, directories and tracepoint formats, as they were.
#pragma once

#include <sys/stat.h>

#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "session/cache/sha256.h"

namespace sonde::session {

// Opens a regular file or a directory; anything else (a FIFO, a device) is never opened. `info` is filled in.
Result<base::Fd> open_plain(const std::string& path, struct stat& info);

// The text of a tracepoint's format file; empty when `category_and_event` is malformed or there is none.
std::string tracepoint_format(std::string_view category_and_event);

struct Dependency {
  enum class Kind { kTracepoint, kPath };
  Kind kind = Kind::kPath;
  std::string name;      // "category:event", or an absolute path
  std::string identity;  // of a path: skips the hashing when it has not changed; empty when the path was not there
  Digest digest{};       // of the content, of the names in a directory, or of nothing
};

// Collected while the compiler runs.
class Dependencies {
 public:
  Dependencies();

  void add_tracepoint(const std::string& name, std::string_view format);
  void add_path(const std::string& path);
  std::vector<Dependency> list() const;

  // False when something changed so lately that it may have changed after the compiler saw it.
  bool settled() const { return settled_; }

 private:
  std::map<std::pair<Dependency::Kind, std::string>, Dependency> found_;
  timespec start_{};
  bool settled_ = true;
};

// Whether everything is as it was.
bool unchanged(const std::vector<Dependency>& dependencies);

}  // namespace sonde::session
