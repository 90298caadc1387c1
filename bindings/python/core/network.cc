// Programs on devices, cgroups and maps of sockets, for Python.
#include "network.h"

#include <string>

#include "error.h"
#include "sonde/network.h"

namespace py = pybind11;

namespace sonde::python {

void define_network(py::module_& module) {
  module.def("attach_xdp", [](const std::string& device, int program, uint32_t flags) {
    ok_or_raise(attach_xdp(device, program, flags));
  });
  module.def("remove_xdp", [](const std::string& device, uint32_t flags) { ok_or_raise(remove_xdp(device, flags)); });
  module.def("attach_program", [](int program, int target, uint32_t attach_type, uint32_t flags) {
    ok_or_raise(attach_program(program, target, attach_type, flags));
  });
  module.def("detach_program", [](int program, int target, uint32_t attach_type) {
    ok_or_raise(detach_program(program, target, attach_type));
  });
  module.def("open_raw_socket",
             [](const std::string& device, int program) { return value_or_raise(open_raw_socket(device, program)); });
}

}  // namespace sonde::python
