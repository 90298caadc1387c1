// The Python module bcc._core: what the package takes from C++.
#include <pybind11/pybind11.h>

#include "base/version.h"
#include "event_reader.h"
#include "kernel.h"
#include "map.h"
#include "network.h"
#include "object.h"
#include "perf_event.h"
#include "quota.h"
#include "session.h"
#include "symbols.h"
#include "usdt.h"
#include "user_functions.h"

PYBIND11_MODULE(_core, module) {
  using namespace sonde::python;
  define_object(module);
  define_usdt(module);
  define_session(module);
  define_map(module);
  define_network(module);
  define_event_reader(module);
  define_kernel(module);
  define_perf_event(module);
  define_quota(module);
  define_symbols(module);
  define_user_functions(module);
  module.attr("version") = sonde::base::kVersion;
}
