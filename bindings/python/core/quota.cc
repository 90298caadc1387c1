#include "quota.h"

#include "c/quota.h"
#include "error.h"

namespace sonde::python {

void define_quota(pybind11::module_& module) {
  module.attr("default_probe_limit") = c::kDefaultProbeLimit;
  module.def("open_probes", &c::open_probes);
  module.def("add_open_probes", &c::add_open_probes);
  module.def("probe_limit", &c::probe_limit);
  module.def("check_probe_limit", [](int64_t count) { ok_or_raise(c::check_probe_limit(count)); });
}

}  // namespace sonde::python
