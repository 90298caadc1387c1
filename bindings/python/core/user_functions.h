// Questions about programs and libraries, for Python: where they are, which functions they have, where a probe goes.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>

namespace sonde::python {

// The address of the code that chooses an indirect function (IFUNC) when a program starts, 0 if that is none. Who asks for it means
// that code by the name: from then on a probe at the same name and symbol goes there, and not to the function that was chosen.
uint64_t chooser_wanted(const std::string& name, const std::string& symbol, int pid);

void define_user_functions(pybind11::module_& module);

}  // namespace sonde::python
