// Compiling, and what a compiled object says about itself, for Python.
#pragma once

#include <pybind11/pybind11.h>

#include "spec/spec.h"

namespace sonde::python {

// A type as a tuple: (kind, name, spelling, size, is_signed, element, count, fields), kind as in spec::TypeKind without
// the k ("int", "struct"), fields a tuple of (name, type, offset_bits, bits).
pybind11::tuple type_tuple(const spec::Type& type);

void define_object(pybind11::module_& module);

}  // namespace sonde::python
