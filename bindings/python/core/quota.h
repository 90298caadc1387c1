// How many probes are open, and may be, for Python.
#pragma once

#include <pybind11/pybind11.h>

namespace sonde::python {

void define_quota(pybind11::module_& module);

}  // namespace sonde::python
