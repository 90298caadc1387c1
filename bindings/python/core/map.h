// A map as Python holds it. Keys and values cross as buffers: ctypes instances, bytes, anything with the buffer protocol.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>

#include "session.h"

namespace sonde::python {

pybind11::object map_of(const std::shared_ptr<PythonSession>& session, const std::string& name);
void define_map(pybind11::module_& module);

}  // namespace sonde::python
