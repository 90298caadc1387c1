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

// The kernel header in whose place one of them defines this macro ("net/tcp.h" for tcp_snd_cwnd), for hints; empty if
// there is none.
std::string_view header_defining(std::string_view macro);

}  // namespace sonde::compile
