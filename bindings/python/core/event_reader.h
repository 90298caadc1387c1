// The callable behind table.event(data): an address in, a ctypes structure over the bytes there out.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>

namespace sonde::python {

// The event that a callback is being called for on this thread; what EventReader knows its size by.
struct CurrentEvent {
  const void* data = nullptr;
  uint32_t size = 0;
};
extern constinit thread_local CurrentEvent current_event;

// Adds the type EventReader(cls, size, to_address) to the module: cls is a ctypes class of `size` bytes; to_address
// makes an int of whatever else than an int a script hands in (pointers, buffers).
void define_event_reader(pybind11::module_& module);

}  // namespace sonde::python
