// Programs and libraries by the names that users give them, and the functions in them where probes go.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "elf/file.h"
#include "symbols/library_search.h"

namespace sonde::symbols {

// A file that can be opened, by us and by the kernel.
struct Binary {
  std::string path;   // "/usr/bin/bash", "/proc/181/root/app/server", "/proc/181/exe"
  std::string shown;  // for messages: as its own mount namespace calls it
  std::shared_ptr<const elf::File> file;
  std::string root;    // "" for our own, or "/proc/181/root"
  std::string inside;  // its path in there, without symbolic links
};

Result<Binary> open_binary(const FoundFile& found);

// A path; a library's name ("c", "pthread", "libssl.so.3"), searched in the process's mappings, the loader's cache and
// the loader's standard directories; or a program's, searched in $PATH. With a pid, as that process sees them, and the
// file that it has mapped under the name, if another one has taken its place since. Two kinds of path are ours in any
// case: one below a directory /proc/PID, which names what that process has, and a relative one.
// kNotFound says where was searched, and what is nearest; kPermission that a file which was replaced may not be opened.
Result<Binary> find_binary(const std::string& name, int pid = -1);

// The path alone, in our own namespace or the process's; kNotFound as above.
Result<std::string> find_program(const std::string& name);
Result<std::string> find_library(const std::string& name, int pid = -1);

struct Function {
  std::string name;      // as in the file, mangled
  uint64_t address = 0;  // as the file counts
  uint64_t size = 0;
  uint64_t offset = 0;  // in the file: what the kernel wants of a uprobe
  // Chosen when a program starts (IFUNC): `address` is that of the code which chooses and runs once in a process.
  // `offset` is that of what it chose, where that is known to us, and else 0.
  bool indirect = false;
};

Result<std::vector<Function>> functions_of(const Binary& binary);  // every name, by address
// All functions of a name, by address, each place once: as in the file, where several may have it (static functions of
// several source files), or demangled, with or without parameters ("ns::Class::method": its overloads, a generic
// function's instances). Copies that a compiler changes ("f.isra.0", "f.constprop.0", "f.part.0", "f.cold") have names
// of their own. kNotFound names the nearest one, or the library that a function is imported from; kUnsupported for an
// indirect one whose choice is not known.
Result<std::vector<Function>> functions_called(const Binary& binary, const std::string& name);
// The one that holds the address, by one of its names; its `offset` is that of its symbol.
Result<Function> function_at(const Binary& binary, uint64_t address);
// Full match of an extended regular expression (POSIX); one row for each place; indirect ones whose choice is not known
// are left out.
Result<std::vector<Function>> find_functions(const Binary& binary, const std::string& pattern);

}  // namespace sonde::symbols
