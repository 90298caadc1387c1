// USDT probes of files and processes, for Python.
#pragma once

#include <pybind11/pybind11.h>

namespace sonde::python {

void define_usdt(pybind11::module_& module);

}  // namespace sonde::python
