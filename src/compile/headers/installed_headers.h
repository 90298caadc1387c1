// The last resort for names that neither BTF nor sonde's own headers have: the kernel's real headers, where installed.
//
// They are only preprocessed, never parsed as C: types still come from BTF, and no header has to compile for BPF. What
// a program misses is taken out of them by name: a macro's definition, or the text of an inline function.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/wire.h"

namespace sonde::compile {

// A kernel source tree, or the two halves of one (Debian and SUSE split them).
struct HeaderTree {
  std::string source;
  std::string build;
};

// $BCC_KERNEL_SOURCE, or /lib/modules/RELEASE/{source,build}; nothing if these hold no headers.
std::optional<HeaderTree> find_headers(const std::string& release);

class InstalledHeaders {
 public:
  // Reads the headers that the program's #include lines name.
  InstalledHeaders(const spec::Request& request, const HeaderTree& tree);
  ~InstalledHeaders();

  // C text that defines the name; nothing if the headers do not.
  std::optional<std::string> definition(std::string_view name) const;

 private:
  struct Token {
    std::string_view text;
    bool space_before = false;
  };
  std::optional<std::string> inline_function(std::string_view name) const;
  size_t start_of_declaration(size_t at) const;
  std::optional<size_t> matching(size_t at, std::string_view open, std::string_view close) const;

  struct Storage;
  std::unique_ptr<Storage> storage_;  // what the tokens point into
  std::vector<Token> tokens_;
  std::map<std::string, std::string, std::less<>> macros_;
};

}  // namespace sonde::compile
