// Names of addresses for Python: BPF.sym, BPF.ksym and SymbolCache.
#pragma once

#include <pybind11/pybind11.h>

namespace sonde::python {

// Adds sym(), ksym() and add_module(), the type SymbolCache, and sym_caches: a dictionary of one SymbolCache for each
// pid that was asked for, -1 for the kernel.
void define_symbols(pybind11::module_& module);

}  // namespace sonde::python
