// The class Session of bcc._core.
#include <pybind11/stl.h>

#include <cmath>
#include <cstdint>

#include "collected.h"
#include "error.h"
#include "map.h"
#include "object.h"
#include "perf_event.h"
#include "session.h"
#include "spec/hook_kinds.h"
#include "spec/spec.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

using Shared = std::shared_ptr<PythonSession>;

Shared load(const Object& object, unsigned log_level, py::object log) {
  LoadOptions options;
  options.log_level = log_level;
  auto logged = std::make_shared<std::string>();
  if (!log.is_none()) options.log = [logged](std::string_view text) { logged->append(text); };
  Result<Session> session = [&] {
    py::gil_scoped_release unlocked;
    return Session::load(object, options);
  }();
  return std::make_shared<PythonSession>(value_or_raise(std::move(session)), std::move(log), std::move(logged));
}

// (name, kind, target, auto_attach) of each program.
py::list programs(PythonSession& self) {
  py::list list;
  for (const spec::Program& program : self.open_session().spec().programs) {
    list.append(py::make_tuple(program.name, std::string(name_of(program.hook.kind)), program.hook.target,
                               program.auto_attach));
  }
  return list;
}

py::list map_names(PythonSession& self) {
  py::list list;
  for (const std::string& name : self.open_session().map_names()) list.append(name);
  return list;
}

py::tuple type_of(PythonSession& self, spec::TypeId id) {
  const auto& types = self.open_session().spec().types;
  if (id >= types.size())
    raise(Error{ErrorKind::kInvalid, "the object refers to a type that it does not describe", 0, ""});
  return type_tuple(types[id]);
}

py::list attachments(PythonSession& self) {
  py::list list;
  auto all =
      self.work([](Session& session) -> Result<std::vector<Session::Attachment>> { return session.attachments(); });
  for (const Session::Attachment& each : all) {
    list.append(py::make_tuple(each.program, each.wanted, each.chosen, each.why));
  }
  return list;
}

void attach_perf_event(PythonSession& self, const std::string& program, uint32_t type, uint64_t config,
                       uint64_t sample_period, uint64_t sample_freq, int pid, int cpu, int group_fd) {
  Session::PerfEvent event;
  event.type = type;
  event.config = config;
  event.sample_period = sample_period;
  event.sample_freq = sample_freq;
  event.pid = pid;
  event.cpu = cpu;
  event.group_fd = group_fd;
  self.work([&](Session& session) { return session.attach_perf_event(event, program); });
}

void attach_perf_event_raw(PythonSession& self, const std::string& program, const py::buffer& attr, int pid, int cpu,
                           int group_fd) {
  AnyAttr copy(attr);
  self.work([&](Session& session) { return session.attach_perf_event_raw(copy.get(), program, pid, cpu, group_fd); });
}

void define_attaching(py::class_<PythonSession, Shared>& session) {
  using S = PythonSession;
  using Text = const std::string&;
  session.def("attach", [](S& s, Text program) { s.work([&](Session& session) { return session.attach(program); }); })
      .def("attach_kprobe",
           [](S& s, Text function, Text program, uint64_t offset) {
             s.work([&](Session& session) { return session.attach_kprobe(function, program, offset); });
           })
      .def("attach_kretprobe",
           [](S& s, Text function, Text program, int maxactive) {
             s.work([&](Session& session) { return session.attach_kretprobe(function, program, maxactive); });
           })
      .def("attach_kprobes",
           [](S& s, const std::vector<std::string>& functions, Text program) {
             return value_or_raise(s.open_session().attach_kprobes(functions, program));
           })
      .def("attach_kretprobes",
           [](S& s, const std::vector<std::string>& functions, Text program, int maxactive) {
             return value_or_raise(s.open_session().attach_kretprobes(functions, program, maxactive));
           })
      .def("attach_tracepoint",
           [](S& s, Text event, Text program) {
             s.work([&](Session& session) { return session.attach_tracepoint(event, program); });
           })
      .def("attach_raw_tracepoint",
           [](S& s, Text event, Text program) {
             s.work([&](Session& session) { return session.attach_raw_tracepoint(event, program); });
           })
      .def("attach_tracing",
           [](S& s, Text program) { s.work([&](Session& session) { return session.attach_tracing(program); }); })
      .def("attach_uprobes_at",
           [](S& s, Text path, const std::vector<uint64_t>& offsets, Text program, int pid) {
             s.work([&](Session& session) { return session.attach_uprobes_at(path, offsets, program, pid); });
           })
      .def("attach_uretprobes_at",
           [](S& s, Text path, const std::vector<uint64_t>& offsets, Text program, int pid) {
             s.work([&](Session& session) { return session.attach_uretprobes_at(path, offsets, program, pid); });
           })
      .def("attach_usdt",
           [](S& s, const Usdt& usdt) { s.work([&](Session& session) { return session.attach_usdt(usdt); }); })
      .def("attach_perf_event", &attach_perf_event)
      .def("attach_perf_event_raw", &attach_perf_event_raw)
      .def("detach",
           [](S& s, Text kind, Text target, Text program) {
             s.work([&](Session& session) { return session.detach(kind, target, program); });
           })
      .def("attachments", &attachments);
}

// A timeout as poll(2) takes it, -1 for ever, from any number: a fraction of a millisecond is waited for as a whole
// one, and what an int of C does not hold (24 days) is for ever. So is None.
int64_t milliseconds_of(py::handle timeout) {
  constexpr int64_t kForever = -1;
  if (timeout.is_none()) return kForever;
  double number = 0;
  if (PyIndex_Check(timeout.ptr())) {
    auto whole = py::reinterpret_steal<py::object>(PyNumber_Index(timeout.ptr()));
    if (!whole) throw py::error_already_set();
    int overflow = 0;
    long long value = PyLong_AsLongLongAndOverflow(whole.ptr(), &overflow);
    if (overflow != 0) return kForever;
    number = static_cast<double>(value);
  } else {
    number = PyFloat_AsDouble(timeout.ptr());
    if (PyErr_Occurred()) throw py::error_already_set();
    if (std::isnan(number)) throw py::value_error("the timeout is not a number");
  }
  return number < 0 || number > INT32_MAX ? kForever : static_cast<int64_t>(std::ceil(number));
}

void define_waiting(py::class_<PythonSession, Shared>& session) {
  using S = PythonSession;
  session.def("poll", [](S& s, py::handle timeout) { return s.poll(S::Buffers::kAll, milliseconds_of(timeout)); })
      .def("poll_perf_buffers",
           [](S& s, py::handle timeout) { return s.poll(S::Buffers::kPerf, milliseconds_of(timeout)); })
      .def("poll_ring_buffers",
           [](S& s, py::handle timeout) { return s.poll(S::Buffers::kRing, milliseconds_of(timeout)); })
      .def("consume_perf_buffers", [](S& s) { return s.consume(S::Buffers::kPerf); })
      .def("consume_ring_buffers", [](S& s) { return s.consume(S::Buffers::kRing); });
}

}  // namespace

void define_session(py::module_& module) {
  py::class_<PythonSession, Shared> session(module, "Session", collected<PythonSession>());
  session
      .def(py::init(&load), py::arg("object"), py::arg("log_level") = 0, py::arg("log") = py::none())
      // What ctypes gives C for it: bindings/c/c_module.cc.
      .def_property_readonly("_as_parameter_",
                             [](PythonSession& s) { return reinterpret_cast<uintptr_t>(&s.module()); })
      .def("close", &PythonSession::close)
      .def_property_readonly("closed", &PythonSession::closed)
      .def("programs", &programs)
      .def("map_names", &map_names)
      .def("map", [](py::object self, const std::string& name) { return map_of(std::move(self), name); })
      .def("type", &type_of)
      .def("load_program",
           [](PythonSession& s, const std::string& name, uint32_t type, int attach_type) {
             return s.work([&](Session& session) { return session.load_program(name, type, attach_type); });
           })
      .def("program_fd",
           [](PythonSession& s, const std::string& name) {
             return s.work([&](Session& session) { return session.program_fd(name); });
           })
      .def("instructions", [](PythonSession& s, const std::string& name) {
        return py::bytes(value_or_raise(s.open_session().instructions(name)));
      });
  define_attaching(session);
  define_waiting(session);
  // b"kfunc__" of "fentry": what names of functions that go to hooks of the kind begin with.
  module.def("function_prefix",
             [](const std::string& kind) { return py::bytes(std::string(spec::function_prefix(hook_kind(kind)))); });
}

}  // namespace sonde::python
