// The headers under src/compile/include, carried inside the program: a new header there needs no edit anywhere.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace sonde::compile {

struct EmbeddedFile {
  std::string_view path;  // as it is named in #include: "linux/sched.h"
  std::string_view text;  // followed by a NUL byte, which is not counted
};

// All of them, sorted by path.
std::span<const EmbeddedFile> embedded_files();

// The text of one of them.
std::optional<std::string_view> embedded_file(std::string_view path);

}  // namespace sonde::compile
