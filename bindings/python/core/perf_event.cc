// perf events that a script opens by itself: counters for tables, and events given as a whole perf_event_attr.
#include "perf_event.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/result.h"
#include "bpf/hooks/perf_event_error.h"
#include "bpf/system/perf_event_open.h"
#include "error.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

int open_event(const py::buffer& buffer, int pid, int cpu, int group_fd) {
  AnyAttr attr(buffer);
  const perf_event_attr& described = attr.get();
  PerfEvent wanted;
  wanted.type = described.type;
  wanted.config = described.config;
  (described.freq ? wanted.sample_freq : wanted.sample_period) = described.sample_freq;
  wanted.group_fd = group_fd;
  wanted.attr.assign(reinterpret_cast<const char*>(&described), described.size);
  base::Fd event = bpf::perf_event_open(wanted.attr, pid, cpu, group_fd, 0);
  if (!event.valid()) raise(bpf::perf_event_failed(wanted, pid, cpu, errno).value());
  return event.release();
}

void control(int fd, unsigned long request, unsigned long argument) {
  if (::ioctl(fd, request, argument) < 0) raise(base::fail_errno(errno, "ioctl of a perf event").value());
}

}  // namespace

AnyAttr::AnyAttr(const py::buffer& buffer) {
  Py_buffer view;
  if (PyObject_GetBuffer(buffer.ptr(), &view, PyBUF_SIMPLE) < 0) throw py::error_already_set();
  auto length = static_cast<uint32_t>(std::min<Py_ssize_t>(view.len, 4096));
  words_.resize((std::max<size_t>(length, sizeof(perf_event_attr)) + 7) / 8);
  std::memcpy(words_.data(), view.buf, length);
  PyBuffer_Release(&view);
  if (length < PERF_ATTR_SIZE_VER0)
    raise(Error{ErrorKind::kInvalid, "a perf_event_attr of less than 64 bytes", EINVAL, ""});
  auto& attr = *reinterpret_cast<perf_event_attr*>(words_.data());
  if (attr.size == 0 || attr.size > length) attr.size = length;
}

void define_perf_event(py::module_& module) {
  module.def("perf_event_open", &open_event, py::arg("attr"), py::arg("pid"), py::arg("cpu"), py::arg("group_fd") = -1);
  module.def("perf_event_enable", [](int fd) { control(fd, PERF_EVENT_IOC_ENABLE, 0); });
}

}  // namespace sonde::python
