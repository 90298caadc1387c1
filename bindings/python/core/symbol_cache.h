// The names of one process, or of the kernel, as Python asks for them.
#pragma once

#include <Python.h>

#include <array>
#include <memory>
#include <string_view>

#include "c/symbol_cache.h"

namespace sonde::python {

// Its own members are guarded by the interpreter's lock.
class SymbolCache : public c::SymbolCache {
 public:
  using c::SymbolCache::SymbolCache;
  ~SymbolCache() override;

  // A new reference to a bytes object of a name that resolve() gave; the same object again for names that are asked for
  // often.
  PyObject* bytes_of(std::string_view name);

 private:
  static constexpr size_t kSlots = 256;
  struct Slot {
    const char* name = nullptr;
    PyObject* bytes = nullptr;
  };
  std::unique_ptr<std::array<Slot, kSlots>> slots_;
};

}  // namespace sonde::python
