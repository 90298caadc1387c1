// Questions about the running kernel, for Python: symbols, functions that can be probed, tracepoints, types.
#include "kernel.h"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "c/kernel_questions.h"
#include "error.h"
#include "kernel/features.h"
#include "kernel/kallsyms.h"
#include "kernel/probe_functions.h"
#include "kernel/syscalls.h"
#include "sonde/session.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

using kernel::Kallsyms;

std::shared_ptr<const Kallsyms> symbols() { return value_or_raise(Kallsyms::running()); }

py::bytes bytes_of(std::string_view text) { return py::bytes(text.data(), text.size()); }

py::object address_of(const std::string& name) {
  Kallsyms::Symbol symbol;
  if (!symbols()->find(name, symbol)) return py::none();
  return py::int_(symbol.address);
}

py::list bytes_list(const std::vector<std::string>& names) {
  py::list list(names.size());
  for (size_t i = 0; i < names.size(); i++) list[i] = py::bytes(names[i]);
  return list;
}

// A descriptor of the kernel's trace pipe, the caller's to close.
int open_trace_pipe() {
  TracePipe pipe = value_or_raise(TracePipe::open());
  int fd = ::fcntl(pipe.fd(), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) raise(base::fail_errno(errno, "trace_pipe").value());
  return fd;
}

}  // namespace

void define_kernel(py::module_& module) {
  module.def("kernel_address", &address_of);
  module.def("probe_functions", [](const std::string& prefix) {
    return bytes_list(value_or_raise(kernel::probe_function_names(prefix)));
  });
  module.def("tracepoints", [] { return bytes_list(value_or_raise(c::tracepoints())); });
  module.def("tracepoint_exists", &c::tracepoint_exists);
  module.def("struct_has_field", &c::struct_has_field);
  module.def("enum_has_value", &c::enum_has_value);
  module.def("has_feature", [](const std::string& name) { return kernel::has_feature(name); });
  module.def("open_trace_pipe", &open_trace_pipe);
  module.def("syscall_prefix", [] { return bytes_of(kernel::expected_syscall_prefix()); });
}

}  // namespace sonde::python
