// One file that is mapped as code, with its function symbols: shared by all processes that have it mapped.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "elf/file.h"
#include "elf/symbol_table.h"
#include "sonde/symbols.h"
#include "symbols/debug_file.h"
#include "symbols/symbol_names.h"

namespace sonde::symbols {

// Files are known by what they are, not by their names: two processes, or two containers, share one table. A module
// lives as long as anyone holds it. Safe from several threads at once.
class SymbolFile {
 public:
  // The descriptor is kept, so that the file can be read when it is asked for, whatever has become of its name.
  static Result<std::shared_ptr<SymbolFile>> of_file(base::Fd fd, const std::string& name,
                                                     const SymbolOptions& options);
  static std::shared_ptr<SymbolFile> of_bytes(std::string bytes, const std::string& name, const SymbolOptions& options);

  int descriptor() const { return fd_.get(); }  // -1: of bytes, or read by now

  // To be called once before the questions below; what the first caller says of the place holds.
  void read(const Location& where);

  struct Found {
    std::string_view name;
    uint64_t offset = 0;  // from the function's start
  };
  // False when no function is there; `why` then says so in one line.
  bool find(uint64_t file_offset, bool demangle, Found& found, std::string_view& why);
  // Where a function begins in the file.
  Result<uint64_t> offset_of(std::string_view name) const;
  Result<std::vector<Frame>> frames(uint64_t file_offset) const;
  const std::string& build_id() const;  // after read(); empty if there is none

 private:
  SymbolFile(std::string name, const SymbolOptions& options) : name_(std::move(name)), options_(options) {}
  static std::shared_ptr<SymbolFile> shared(const std::string& key, std::shared_ptr<SymbolFile> module);
  Result<elf::File> open();
  Status read_symbols(const Location& where);

  std::string name_;
  SymbolOptions options_;
  base::Fd fd_;
  std::string bytes_;
  std::once_flag read_;

  // Made by read(), and never changed after that.
  Location where_;
  std::shared_ptr<const elf::File> file_;
  std::shared_ptr<const elf::File> debug_file_;  // that symbols came from: it may be gone with the process
  std::optional<elf::SymbolTable> table_;
  std::string unreadable_;  // why there is no table
  std::string not_there_;   // why an address has no name, though there is one
  std::mutex mutex_;
  StringSet damages_;                      // the same, where a name could not be read
  std::unique_ptr<SymbolNames> names_[2];  // as in the file, demangled
};

}  // namespace sonde::symbols
