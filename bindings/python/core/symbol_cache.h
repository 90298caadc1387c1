// The names of one process, or of the kernel, as Python asks for them.
#pragma once

#include <Python.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "sonde/symbols.h"

namespace sonde::python {

// Guarded by the interpreter's lock.
class SymbolCache {
 public:
  explicit SymbolCache(int pid);
  SymbolCache(const SymbolCache&) = delete;
  ~SymbolCache();

  int pid() const { return pid_; }
  Symbol resolve(uint64_t address, bool demangle);
  const Symbols& symbols() const { return generations_.back(); }
  // A new reference to a bytes object of a name that resolve() gave; the same object again for names that are asked for often.
  PyObject* bytes_of(std::string_view name);

 private:
  static constexpr size_t kSlots = 256;
  static constexpr size_t kMostGenerations = 8;
  struct Slot {
    const char* name = nullptr;
    PyObject* bytes = nullptr;
  };
  Symbol resolve_elsewhere(uint64_t address, bool demangle, const Symbol& missed);
  bool is_another_process_now();

  int pid_;
  base::Fd process_;
  int64_t next_look_ms_ = 0;
  std::vector<Symbols> generations_;  // of the processes that have had this pid; the last is the one that has it now
  std::unique_ptr<std::array<Slot, kSlots>> slots_;
};

}  // namespace sonde::python
