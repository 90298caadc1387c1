// Classes that Python's garbage collector sees through: without that, a callback that refers to its BPF object would
// keep both for ever.
#pragma once

#include <pybind11/pybind11.h>

namespace sonde::python {

// What py::class_<T> takes. T says with visit() which Python objects it holds, and lets go of them in drop().
template <typename T>
pybind11::custom_type_setup collected() {
  return pybind11::custom_type_setup([](PyHeapTypeObject* heap_type) {
    PyTypeObject& type = heap_type->ht_type;
    type.tp_flags |= Py_TPFLAGS_HAVE_GC;
    // Null: an instance whose constructor has not finished.
    static constexpr auto held = [](PyObject* self) {
      auto holder = reinterpret_cast<pybind11::detail::instance*>(self)->get_value_and_holder();
      return holder.holder_constructed() ? static_cast<T*>(holder.value_ptr()) : nullptr;
    };
    type.tp_traverse = [](PyObject* self, visitproc visit, void* arg) {
      Py_VISIT(Py_TYPE(self));
      T* object = held(self);
      return object ? object->visit(visit, arg) : 0;
    };
    type.tp_clear = [](PyObject* self) {
      if (T* object = held(self)) object->drop();
      return 0;
    };
    type.tp_dealloc = [](PyObject* self) {
      PyObject_GC_UnTrack(self);
      Py_TYPE(self)->tp_base->tp_dealloc(self);
    };
  });
}

}  // namespace sonde::python
