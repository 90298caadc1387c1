// perf events that a script opens by itself: counters for tables, and events given as a whole perf_event_attr.
#pragma once

#include <pybind11/pybind11.h>

namespace sonde::python {

void define_perf_event(pybind11::module_& module);

}  // namespace sonde::python
