// The function symbols of ELF files in one compact table: address to name, name to address. Names stay in the file and
// are read when they are asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "elf/file.h"

namespace sonde::elf {

class SymbolTable {
 public:
  struct Symbol {
    uint64_t address = 0;      // as the file counts: nm(1)'s first column
    uint64_t size = 0;         // 0: unknown; it then reaches up to the next symbol or the end of its section
    uint32_t index = 0;        // for name()
    bool indirect = false;     // STT_GNU_IFUNC: the code that chooses the function when a program starts
    bool old_version = false;  // of a library's versions not the default one: foo@V1
  };

  // STT_FUNC and STT_GNU_IFUNC of .symtab and .dynsym of each file (a program and, if there is one, its debug file or
  // its mini-debuginfo), and what assembly has left untyped in executable sections. The files are kept open for the
  // names.
  static Result<SymbolTable> read(std::vector<std::shared_ptr<const File>> files);

  size_t size() const;
  // Aliases of one address: global before weak before local, then the shorter name.
  bool find(uint64_t address, Symbol& symbol) const;
  // As in the file, mangled; at most 64 KiB of it. Fails when the file has been cut short.
  Result<std::string> name(const Symbol& symbol) const;
  std::optional<Symbol> find(std::string_view name) const;
  // Every function of that name, by address, each address once: static functions of several source files may share one.
  // Taken for the same name: "foo@V1" and "foo@@V1" of a versioned symbol, "foo.lto_priv.0" and "foo.llvm.123" as
  // link-time optimisation renames static functions. Old versions only where there is no other.
  std::vector<Symbol> named(std::string_view name) const;
  // By ascending address, every alias; stops when `use` returns false.
  Status each(const std::function<bool(const Symbol&, std::string_view name)>& use) const;
  // What this table holds in memory, in bytes.
  size_t memory() const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace sonde::elf
