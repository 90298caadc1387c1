// The files that a program sees when it says #include: sonde's own headers under /virtual/include, an empty file for
// any other kernel header (its types come from BTF), and the user's real files.
#pragma once

#include <llvm/Support/VirtualFileSystem.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace sonde::compile {

inline constexpr const char* kVirtualInclude = "/virtual/include";

// Definitions taken from sonde's own headers by name (header_definitions.h).
inline constexpr const char* kProvidedHeader = "sonde/provided.h";
// Definitions taken from the kernel's real headers, if it came to that (installed_headers.h).
inline constexpr const char* kRecoveredHeader = "sonde/recovered.h";
// spec::Request::preamble.
inline constexpr const char* kPreambleHeader = "sonde/preamble.h";

struct UserFiles {
  // Reads a file that this process may not open itself; nothing if it may not be read at all.
  std::function<std::optional<std::string>(const std::string& path)> ask;
  std::set<std::string> directories;  // that #include looks in: there even where this process may not look into them
  std::string provided;               // the text of kProvidedHeader
  std::string recovered;              // the text of kRecoveredHeader
  std::string preamble;               // the text of kPreambleHeader
  std::set<std::string> opened;       // real files that were read
};

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> make_virtual_tree(UserFiles& user_files);

// Is this the name of a kernel header, such as linux/sched.h?
bool is_kernel_header(llvm::StringRef path);

}  // namespace sonde::compile
