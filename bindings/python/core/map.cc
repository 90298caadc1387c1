// A map as Python holds it. Keys and values cross as buffers: ctypes instances, bytes, anything with the buffer
// protocol.
#include "map.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "collected.h"
#include "error.h"
#include "sonde/session.h"
#include "spec/spec.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

// The bytes of a Python object, held while they are used.
class Bytes {
 public:
  // `object` may be None when `size` is 0 (queues have no keys). Any other size than `size` raises.
  Bytes(py::handle object, size_t size, const char* what, bool writable = false) {
    if (object.is_none() && size == 0) return;
    int flags = writable ? PyBUF_WRITABLE : PyBUF_SIMPLE;
    if (PyObject_GetBuffer(object.ptr(), &view_, flags) < 0) throw py::error_already_set();
    held_ = true;
    if (static_cast<size_t>(view_.len) != size) {
      PyErr_Format(PyExc_TypeError, "%s of %zd bytes given, the table's is %zu bytes", what, view_.len, size);
      PyBuffer_Release(&view_);
      throw py::error_already_set();
    }
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() {
    if (held_) PyBuffer_Release(&view_);
  }
  void* data() const { return held_ ? view_.buf : nullptr; }

 private:
  Py_buffer view_{};
  bool held_ = false;
};

// What no user space can read (counters, cgroups, sockets) counts as absent.
bool is_unreadable(int code) {
  constexpr int kNotSupported = 524;  // the kernel's own ENOTSUPP
  return code == kNotSupported || code == EOPNOTSUPP || code == ENOSPC;
}

// Python's hold on a map keeps the session's handle alive, and refuses when the session has been closed.
class PythonMap {
 public:
  PythonMap(py::object session, Map map)
      : owner_(std::move(session)), session_(owner_.cast<PythonSession*>()), map_(map) {}

  // For the garbage collector. The session lets go of what makes a circle.
  int visit(visitproc visit, void* arg) {
    Py_VISIT(owner_.ptr());
    return 0;
  }
  void drop() {}

  Map& map() {
    session_->open_session();
    return map_;
  }

  bool lookup(py::handle key, py::handle value) {
    Map& m = map();
    Bytes k(key, m.key_size(), "a key"), v(value, m.value_bytes(), "a value", true);
    Status status = m.lookup(k.data(), v.data());
    if (status || !is_unreadable(status.error().code)) return found(status);
    leave_errno(status.error().code);
    return false;
  }
  bool lookup_and_delete(py::handle key, py::handle value) {
    Map& m = map();
    Bytes k(key, m.key_size(), "a key"), v(value, m.value_bytes(), "a value", true);
    return found(m.lookup_and_delete(k.data(), v.data()));
  }
  void update(py::handle key, py::handle value, uint64_t flags) {
    Map& m = map();
    Bytes k(key, m.key_size(), "a key"), v(value, m.value_bytes(), "a value");
    ok_or_raise(m.update(k.data(), v.data(), flags));
  }
  bool remove(py::handle key) {
    Map& m = map();
    Bytes k(key, m.key_size(), "a key");
    return found(m.remove(k.data()));
  }
  // False at the end. `key` None: the first key.
  bool next_key(py::handle key, py::handle next) {
    Map& m = map();
    Bytes n(next, m.key_size(), "a key", true);
    if (key.is_none()) return found(m.next_key(nullptr, n.data()));
    Bytes k(key, m.key_size(), "a key");
    return found(m.next_key(k.data(), n.data()));
  }
  py::tuple elements(bool take);
  size_t count_elements() { return value_or_raise(map().count_elements()); }
  void update_elements(py::handle keys, py::handle values, size_t count);
  void remove_elements(py::handle keys, size_t count);
  void remove_all_elements() { ok_or_raise(map().remove_all_elements()); }

  void open_perf_buffer(py::object callback, py::object lost, unsigned pages, unsigned wakeup_events, int cpu);
  void open_ring_buffer(py::object callback, py::object context, py::object lost);

 private:
  // Absent is an answer; everything else that can go wrong is an error.
  static bool found(const Status& status) {
    if (status) return true;
    if (status.error().code != ENOENT && status.error().kind != ErrorKind::kNotFound) raise(status.error());
    leave_errno(ENOENT);
    return false;
  }

  py::object owner_;
  PythonSession* session_;
  Map map_;
};

// The keys' bytes one after the other, and the values'.
py::tuple PythonMap::elements(bool take) {
  Map& m = map();
  Map::Elements found = value_or_raise(take ? m.take_elements() : m.elements());
  return py::make_tuple(py::bytearray(found.keys), py::bytearray(found.values));
}

// Buffers of `count` keys and as many values; the caller has seen to that.
void PythonMap::update_elements(py::handle keys, py::handle values, size_t count) {
  Map& m = map();
  Bytes k(keys, count * m.key_size(), "keys"), v(values, count * m.value_bytes(), "values");
  ok_or_raise(m.update_elements(k.data(), v.data(), count));
}

void PythonMap::remove_elements(py::handle keys, size_t count) {
  Map& m = map();
  Bytes k(keys, count * m.key_size(), "keys");
  ok_or_raise(m.remove_elements(k.data(), count));
}

void say_lost(int, uint64_t count) {
  std::fprintf(stderr, "Possibly lost %llu samples\n", static_cast<unsigned long long>(count));
}

void PythonMap::open_perf_buffer(py::object callback, py::object lost, unsigned pages, unsigned wakeup_events,
                                 int cpu) {
  PythonSession* session = session_;  // outlives its buffers, and keeps the callbacks
  session->require_idle();
  Map::LostCallback on_lost = say_lost;
  if (!lost.is_none()) {
    on_lost = [session, lost = lost.ptr()](int, uint64_t count) { session->deliver_lost(lost, count); };
  }
  ok_or_raise(map().open_perf_buffer(
      [session, callback = callback.ptr()](int cpu, const void* data, uint32_t size) {
        session->deliver(callback, cpu, data, size);
      },
      on_lost, pages, wakeup_events, cpu));
  session->keep_callbacks(cpu < 0 ? map_.name() : fmt::format("{}/{}", map_.name(), cpu), {callback, lost});
}

void PythonMap::open_ring_buffer(py::object callback, py::object context, py::object lost) {
  PythonSession* session = session_;
  session->require_idle();
  Map::LostCallback on_lost;
  if (!lost.is_none()) {
    on_lost = [session, lost = lost.ptr()](int, uint64_t count) { session->deliver_lost(lost, count); };
  }
  ok_or_raise(map().open_ring_buffer(
      [session, callback = callback.ptr(), context = context.ptr()](const void* data, uint32_t size) {
        return session->deliver_ring(callback, context, data, size);
      },
      on_lost));
  session->keep_callbacks(map_.name(), {callback, context, lost});
}

py::object type_id(const std::optional<spec::TypeId>& id) { return id ? py::cast(*id) : py::none(); }

}  // namespace

py::object map_of(py::object session, const std::string& name) {
  Result<Map> map = session.cast<PythonSession&>().open_session().map(name);
  if (!map) {
    if (map.error().kind == ErrorKind::kNotFound) return py::none();
    raise(map.error());
  }
  return py::cast(PythonMap(std::move(session), *map));
}

void define_map(py::module_& module) {
  py::class_<PythonMap>(module, "Map", collected<PythonMap>())
      .def_property_readonly("name", [](PythonMap& m) { return m.map().name(); })
      .def_property_readonly("kind", [](PythonMap& m) { return m.map().spec().kind; })
      .def_property_readonly("key_type", [](PythonMap& m) { return type_id(m.map().spec().key); })
      .def_property_readonly("value_type", [](PythonMap& m) { return type_id(m.map().spec().value); })
      .def_property_readonly("event_type", [](PythonMap& m) { return type_id(m.map().spec().event); })
      .def_property_readonly("fd", [](PythonMap& m) { return m.map().fd(); })
      .def_property_readonly("id", [](PythonMap& m) { return m.map().id(); })
      .def_property_readonly("type", [](PythonMap& m) { return m.map().type(); })
      .def_property_readonly("key_size", [](PythonMap& m) { return m.map().key_size(); })
      .def_property_readonly("value_size", [](PythonMap& m) { return m.map().value_size(); })
      .def_property_readonly("value_bytes", [](PythonMap& m) { return m.map().value_bytes(); })
      .def_property_readonly("max_entries", [](PythonMap& m) { return m.map().max_entries(); })
      .def_property_readonly("flags", [](PythonMap& m) { return m.map().flags(); })
      .def_property_readonly("lost", [](PythonMap& m) { return m.map().lost(); })
      .def_property_readonly("collisions", [](PythonMap& m) { return m.map().collisions(); })
      .def("lookup", &PythonMap::lookup)
      .def("lookup_and_delete", &PythonMap::lookup_and_delete)
      .def("update", &PythonMap::update, py::arg("key"), py::arg("value"), py::arg("flags") = 0)
      .def("remove", &PythonMap::remove)
      .def("next_key", &PythonMap::next_key)
      .def("elements", &PythonMap::elements, py::arg("take") = false)
      .def("count_elements", &PythonMap::count_elements)
      .def("update_elements", &PythonMap::update_elements)
      .def("remove_elements", &PythonMap::remove_elements)
      .def("remove_all_elements", &PythonMap::remove_all_elements)
      .def("open_perf_buffer", &PythonMap::open_perf_buffer, py::arg("callback"), py::arg("lost"), py::arg("pages"),
           py::arg("wakeup_events"), py::arg("cpu") = -1)
      .def("open_ring_buffer", &PythonMap::open_ring_buffer);
}

}  // namespace sonde::python
