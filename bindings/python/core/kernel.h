// Questions about the running kernel, for Python: symbols, functions that can be probed, tracepoints, types.
#pragma once

#include <pybind11/pybind11.h>

namespace sonde::python {

void define_kernel(pybind11::module_& module);

}  // namespace sonde::python
