#include "symbol_cache.h"

namespace sonde::python {

SymbolCache::~SymbolCache() {
  if (!slots_) return;
  for (Slot& slot : *slots_) Py_XDECREF(slot.bytes);
}

PyObject* SymbolCache::bytes_of(std::string_view name) {
  if (!slots_) slots_ = std::make_unique<std::array<Slot, kSlots>>();
  Slot& slot = (*slots_)[(reinterpret_cast<uintptr_t>(name.data()) * 0x9e3779b97f4a7c15u) >> 56];
  if (slot.name != name.data()) {
    PyObject* bytes = PyBytes_FromStringAndSize(name.data(), static_cast<Py_ssize_t>(name.size()));
    if (!bytes) return nullptr;
    Py_XDECREF(slot.bytes);
    slot = {name.data(), bytes};
  }
  Py_INCREF(slot.bytes);
  return slot.bytes;
}

}  // namespace sonde::python
