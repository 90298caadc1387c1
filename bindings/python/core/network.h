// Programs on devices, cgroups and maps of sockets, for Python.
#pragma once

#include <pybind11/pybind11.h>

namespace sonde::python {

void define_network(pybind11::module_& module);

}  // namespace sonde::python
