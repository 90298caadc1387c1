// A map as Python holds it. Keys and values cross as buffers: ctypes instances, bytes, anything with the buffer
// protocol.
#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "session.h"

namespace sonde::python {

// `session`: the PythonSession as Python holds it. None when it has no such map.
pybind11::object map_of(pybind11::object session, const std::string& name);
void define_map(pybind11::module_& module);

}  // namespace sonde::python
