// The headers under src/compile/headers/include, carried inside the program: a new header there needs no edit anywhere.
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

// header_names.txt: a line is a header of the kernel and the names that it alone has (scripts/make_header_names.py).
std::string_view header_names();

// The kernel header that has this name: "linux/list.h" for list_for_each_entry; empty: none is known.
std::string_view header_with(std::string_view name);

}  // namespace sonde::compile
