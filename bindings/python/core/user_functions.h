// Questions about programs and libraries, for Python: where they are, which functions they have, where a probe goes.
#pragma once

#include <pybind11/pybind11.h>

namespace sonde::python {

void define_user_functions(pybind11::module_& module);

}  // namespace sonde::python
