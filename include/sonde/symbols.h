// Names of addresses: of the kernel, of processes, and of files by their build-id.
//
//   sonde::Symbols process = sonde::Symbols::of_process(181);
//   sonde::Symbol found = process.resolve(0x7f12'3456'789a);
//   if (found.name.empty()) say(found.why); else say("{}+{:#x} [{}]", found.name, found.offset, found.module);
//
// Nothing is read before the first question. All of it may be used by several threads at once. Files are opened as the
// process sees them (/proc/PID/map_files, /proc/PID/root) and kept open, so a process that has ended since still
// resolves.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sonde/result.h"

namespace [[gnu::visibility("default")]] sonde {

// The views live as long as the Symbols that gave them.
struct Symbol {
  std::string_view name;  // empty: not found, and `why` says why
  // The mapped file as the process names it, "[vdso]", a perf map's path; of the kernel "kernel" or the module's name;
  // empty: nothing is mapped there.
  std::string_view module;
  uint64_t offset = 0;   // from the symbol's start; without a name, in the module's file; without a module, the address
  std::string_view why;  // one line, empty when found
};

// One function of the source at an address.
struct Frame {
  std::string function;
  std::string file;
  unsigned line = 0;  // 0: unknown
  unsigned column = 0;
  bool inlined = false;
};

struct SymbolOptions {
  bool use_debug_files = true;  // separate debug files, by build-id and debug link
  bool check_crc = true;        // a debug link's file must have the checksum that the link names
  std::vector<std::string> debug_roots = {"/usr/lib/debug"};  // $BCC_DEBUGINFO_ROOT goes first
};

class Symbols {
 public:
  static Symbols of_kernel();
  static Symbols of_process(int pid, const SymbolOptions& options = {});

  Symbol resolve(uint64_t address, bool demangle = true) const;
  // `module`: as in Symbol::module; empty: any. Names are as in the file (mangled).
  Result<uint64_t> address_of(std::string_view module, std::string_view name) const;
  // From DWARF, innermost first; the last is the function that the address belongs to, those before it are inlined in
  // it. kNotFound says what is missing.
  Result<std::vector<Frame>> frames(uint64_t address) const;
  // Reads the process's mappings, or the kernel's modules, anew before the next question.
  void refresh();

 private:
  struct State;
  explicit Symbols(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

// For stacks that hold a build-id and an offset in the file for each frame.
class BuildIdSymbols {
 public:
  explicit BuildIdSymbols(const SymbolOptions& options = {});
  Status add(const std::string& path);
  Symbol resolve(std::string_view build_id, uint64_t file_offset, bool demangle = true) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// As c++filt(1) shows it: C++ (Itanium), Rust (legacy without its hash, v0), D. Unchanged when it is not mangled.
std::string demangle(const std::string& name);

}  // namespace sonde
