// The callable behind table.event(data): an address in, a ctypes structure over the bytes there out. Written against
// the plain C interface of Python, because it runs once an event.
#include "event_reader.h"

#include <structmember.h>

#include <cstddef>
#include <cstring>

namespace py = pybind11;

namespace sonde::python {

constinit thread_local CurrentEvent current_event;

namespace {

struct EventReader {
  PyObject_HEAD
  vectorcallfunc call;
  PyObject* cls;
  PyObject* from_address;  // bound: cls.from_address
  PyObject* to_address;
  Py_ssize_t size;
};

// A record shorter than the structure (a program may submit only the used part of it) is copied into a zeroed one:
// what follows it in the buffer is not ours to show, and behind the last one there may be no memory at all.
PyObject* copy_of_short_record(EventReader* self) {
  PyObject* event = PyObject_CallNoArgs(self->cls);
  if (!event) return nullptr;
  Py_buffer view;
  if (PyObject_GetBuffer(event, &view, PyBUF_WRITABLE) < 0) {
    Py_DECREF(event);
    return nullptr;
  }
  std::memcpy(view.buf, current_event.data, current_event.size);
  PyBuffer_Release(&view);
  return event;
}

PyObject* read_at(EventReader* self, PyObject* address) {
  void* data = PyLong_AsVoidPtr(address);
  if (!data) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "event() of a NULL address");
    return nullptr;
  }
  if (data == current_event.data && current_event.size < static_cast<size_t>(self->size)) {
    return copy_of_short_record(self);
  }
  return PyObject_CallOneArg(self->from_address, address);
}

PyObject* call(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  auto* self = reinterpret_cast<EventReader*>(callable);
  if (names && PyTuple_GET_SIZE(names) == 1 && PyVectorcall_NARGS(nargsf) == 0 &&
      PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "data") == 0) {
    return call(callable, args, 1, nullptr);
  }
  if (names || PyVectorcall_NARGS(nargsf) != 1) {
    PyErr_SetString(PyExc_TypeError, "event() takes one argument: data");
    return nullptr;
  }
  if (PyLong_Check(args[0])) return read_at(self, args[0]);
  PyObject* address = PyObject_CallOneArg(self->to_address, args[0]);
  if (!address) return nullptr;
  PyObject* event = read_at(self, address);
  Py_DECREF(address);
  return event;
}

PyObject* make(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject *cls, *to_address;
  Py_ssize_t size;
  if (!PyArg_ParseTuple(args, "OnO", &cls, &size, &to_address)) return nullptr;
  PyObject* from_address = PyObject_GetAttrString(cls, "from_address");
  if (!from_address) return nullptr;
  auto* self = reinterpret_cast<EventReader*>(type->tp_alloc(type, 0));
  if (!self) {
    Py_DECREF(from_address);
    return nullptr;
  }
  self->call = call;
  Py_INCREF(cls);
  self->cls = cls;
  self->from_address = from_address;
  Py_INCREF(to_address);
  self->to_address = to_address;
  self->size = size;
  return reinterpret_cast<PyObject*>(self);
}

void destroy(PyObject* object) {
  auto* self = reinterpret_cast<EventReader*>(object);
  PyTypeObject* type = Py_TYPE(object);
  Py_XDECREF(self->cls);
  Py_XDECREF(self->from_address);
  Py_XDECREF(self->to_address);
  type->tp_free(object);
  Py_DECREF(type);
}

PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(EventReader, call), READONLY, nullptr},
    {"cls", T_OBJECT_EX, offsetof(EventReader, cls), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(make)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
    {Py_tp_members, members},
    {0, nullptr},
};

PyType_Spec spec = {"bcc._core.EventReader", sizeof(EventReader), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
                    slots};

}  // namespace

void define_event_reader(py::module_& module) {
  PyObject* type = PyType_FromSpec(&spec);
  if (!type) throw py::error_already_set();
  module.attr("EventReader") = py::reinterpret_steal<py::object>(type);
}

}  // namespace sonde::python
