// Questions about the running kernel, for Python: symbols, functions that can be probed, tracepoints, types.
#include "kernel.h"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "c_functions.h"
#include "error.h"
#include "kernel/btf.h"
#include "kernel/features.h"
#include "kernel/kallsyms.h"
#include "kernel/syscalls.h"
#include "kernel/tracefs.h"
#include "probe_functions.h"
#include "sonde/session.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

using kernel::Btf;
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

std::vector<std::string> tracepoints() {
  const kernel::Tracefs* tracefs = value_or_raise(kernel::Tracefs::open());
  std::vector<std::string> names;
  for (const std::string& category : value_or_raise(tracefs->list("events"))) {
    auto events = tracefs->list("events/" + category);
    if (!events) continue;  // `enable`, `header_page`: files
    for (const std::string& event : *events) {
      if (tracefs->exists("events/" + category + "/" + event + "/format")) names.push_back(category + ":" + event);
    }
  }
  return names;
}

bool tracepoint_exists(const std::string& category, const std::string& event) {
  auto tracefs = kernel::Tracefs::open();
  return tracefs && (*tracefs)->exists("events/" + category + "/" + event + "/id");
}

const Btf* vmlinux() {
  static const Result<std::shared_ptr<const Btf>> btf = Btf::open("/sys/kernel/btf/vmlinux");
  return btf ? btf->get() : nullptr;
}

// 1: yes, 0: the struct has no such field, -1: no such struct, or no BTF.
int struct_has_field(const std::string& record, const std::string& field) {
  const Btf* btf = vmlinux();
  uint32_t id = btf ? btf->find(BTF_KIND_STRUCT, record) : 0;
  if (id == 0) return -1;
  return btf->member_type(id, field) != 0 ? 1 : 0;
}

template <typename Enumerator>
bool has_enumerator(const Btf& btf, const btf_type* type, std::string_view name) {
  const auto* values = Btf::payload<Enumerator>(type);
  for (uint32_t i = 0; i < Btf::length(type); i++) {
    if (btf.string(values[i].name_off) == name) return true;
  }
  return false;
}

// The same for enums; without a name any enum without a name is meant.
int enum_has_value(const std::string& enumeration, const std::string& value) {
  const Btf* btf = vmlinux();
  if (btf && enumeration.empty()) {
    const btf_type* found = btf->type(btf->find_enumerator(value).enum_id);
    return found && btf->name(found).empty() ? 1 : 0;
  }
  uint32_t id = btf ? btf->find(BTF_KIND_ENUM, enumeration) : 0;
  if (id == 0) return -1;
  const btf_type* type = btf->type(id);
  bool wide = Btf::kind(type) == BTF_KIND_ENUM64;
  return wide ? has_enumerator<btf_enum64>(*btf, type, value) : has_enumerator<btf_enum>(*btf, type, value);
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
    return bytes_list(value_or_raise(probe_functions(prefix)));
  });
  module.def("tracepoints", [] { return bytes_list(tracepoints()); });
  module.def("tracepoint_exists", &tracepoint_exists);
  module.def("struct_has_field", &struct_has_field);
  module.def("enum_has_value", &enum_has_value);
  module.def("has_feature", [](const std::string& name) { return kernel::has_feature(name); });
  module.def("open_trace_pipe", &open_trace_pipe);
  module.def("syscall_prefix", [] { return bytes_of(kernel::expected_syscall_prefix()); });
}

}  // namespace sonde::python

SONDE_C_FUNCTION(bool, bpf_has_kernel_btf)() { return sonde::python::vmlinux() != nullptr; }
SONDE_C_FUNCTION(int, kernel_struct_has_field)(const char* record, const char* field) {
  return record && field ? sonde::python::struct_has_field(record, field) : -1;
}
SONDE_C_FUNCTION(int, kernel_enum_has_val)(const char* enumeration, const char* value) {
  return value ? sonde::python::enum_has_value(enumeration ? enumeration : "", value) : -1;
}
