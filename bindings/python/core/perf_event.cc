// perf events that a script opens by itself: counters for tables, and events given as a whole perf_event_attr.
#include "perf_event.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/result.h"
#include "error.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

// `attr` is a buffer that begins like struct perf_event_attr; its `size` field is believed up to the buffer's length.
int open_event(const py::buffer& attr, int pid, int cpu, int group_fd) {
  Py_buffer view;
  if (PyObject_GetBuffer(attr.ptr(), &view, PyBUF_SIMPLE) < 0) throw py::error_already_set();
  std::string copy(static_cast<const char*>(view.buf), static_cast<size_t>(view.len));
  PyBuffer_Release(&view);
  if (copy.size() < PERF_ATTR_SIZE_VER0) {
    raise(Error{ErrorKind::kInvalid, "a perf_event_attr of less than 64 bytes", EINVAL, ""});
  }
  uint32_t size = static_cast<uint32_t>(copy.size());
  uint32_t stated = 0;
  std::memcpy(&stated, copy.data() + offsetof(perf_event_attr, size), sizeof stated);
  if (stated == 0 || stated > size) std::memcpy(copy.data() + offsetof(perf_event_attr, size), &size, sizeof size);
  int fd = static_cast<int>(::syscall(SYS_perf_event_open, copy.data(), pid, cpu, group_fd, PERF_FLAG_FD_CLOEXEC));
  if (fd < 0) raise(base::fail_errno(errno, "perf_event_open").value());
  return fd;
}

void control(int fd, unsigned long request, unsigned long argument) {
  if (::ioctl(fd, request, argument) < 0) raise(base::fail_errno(errno, "ioctl of a perf event").value());
}

// Runs a loaded program at each overflow of the event.
void set_program(int fd, int program_fd) {
  control(fd, PERF_EVENT_IOC_SET_BPF, static_cast<unsigned long>(program_fd));
  control(fd, PERF_EVENT_IOC_ENABLE, 0);
}

}  // namespace

void define_perf_event(py::module_& module) {
  module.def("perf_event_open", &open_event, py::arg("attr"), py::arg("pid"), py::arg("cpu"), py::arg("group_fd") = -1);
  module.def("perf_event_enable", [](int fd) { control(fd, PERF_EVENT_IOC_ENABLE, 0); });
  module.def("perf_event_set_program", &set_program);
}

}  // namespace sonde::python
