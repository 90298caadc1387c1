// Names of addresses for Python. Written against the plain C interface of Python: scripts ask millions of times.
#define PY_SSIZE_T_CLEAN
#include "symbols.h"

#include <structmember.h>

#include <cstring>
#include <string>

#include "error.h"
#include "symbol_cache.h"
#include "symbols/binary.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

struct CacheObject {
  PyObject_HEAD
  SymbolCache* cache;
};

PyTypeObject* cache_type;
PyObject* caches;   // pid -> CacheObject
PyObject* unknown;  // b"[unknown]"

BuildIdSymbols& build_id_symbols() {
  static auto* symbols = new BuildIdSymbols;  // never freed: bytes are made of its views until the interpreter is gone
  return *symbols;
}

// As in the kernel's struct bpf_stack_build_id.
struct BuildIdEntry {
  int32_t status;
  char build_id[20];
  uint64_t offset_or_ip;
};
constexpr int32_t kBuildIdValid = 1, kBuildIdIp = 2;

struct Question {
  PyObject* address = nullptr;
  PyObject* pid = nullptr;
  bool show_module = false, show_offset = false, demangle = true;
};

// Positional and named arguments alike; false with an exception set.
bool parse(const char* function, const char* const* names, PyObject** values, Py_ssize_t most, Py_ssize_t least,
           PyObject* const* args, Py_ssize_t count, PyObject* given_names) {
  Py_ssize_t named = given_names ? PyTuple_GET_SIZE(given_names) : 0;
  if (count > most) return PyErr_Format(PyExc_TypeError, "%s() takes at most %zd arguments", function, most), false;
  for (Py_ssize_t i = 0; i < count; i++) values[i] = args[i];
  for (Py_ssize_t i = 0; i < named; i++) {
    PyObject* name = PyTuple_GET_ITEM(given_names, i);
    Py_ssize_t at = 0;
    while (at < most && PyUnicode_CompareWithASCIIString(name, names[at]) != 0) at++;
    if (at == most) return PyErr_Format(PyExc_TypeError, "%s() has no argument %R", function, name), false;
    if (values[at]) return PyErr_Format(PyExc_TypeError, "%s() got %R twice", function, name), false;
    values[at] = args[count + i];
  }
  for (Py_ssize_t i = 0; i < least; i++) {
    if (!values[i]) return PyErr_Format(PyExc_TypeError, "%s() lacks the argument '%s'", function, names[i]), false;
  }
  return true;
}

bool is_true(PyObject* value, bool otherwise) { return value ? PyObject_IsTrue(value) == 1 : otherwise; }

// An int; a ctypes number by its value; whatever is an index.
bool to_address(PyObject* object, uint64_t& address) {
  if (PyLong_Check(object)) {
    address = PyLong_AsUnsignedLongLongMask(object);
    return !PyErr_Occurred();
  }
  PyObject* number =
      PyObject_HasAttrString(object, "value") ? PyObject_GetAttrString(object, "value") : PyNumber_Index(object);
  if (!number) return false;
  address = number == Py_None ? 0 : PyLong_AsUnsignedLongLongMask(number);
  Py_DECREF(number);
  return !PyErr_Occurred();
}

PyObject* make_cache(PyTypeObject* type, int pid) {
  auto* object = reinterpret_cast<CacheObject*>(type->tp_alloc(type, 0));
  if (object) object->cache = new SymbolCache(pid);
  return reinterpret_cast<PyObject*>(object);
}

// The cache of a pid in sym_caches; a borrowed reference.
SymbolCache* cache_of(long pid) {
  PyObject* key = PyLong_FromLong(pid < 0 ? -1 : pid);
  if (!key) return nullptr;
  PyObject* known = PyDict_GetItemWithError(caches, key);
  if (!known && !PyErr_Occurred()) {
    known = make_cache(cache_type, static_cast<int>(pid));
    if (known && PyDict_SetItem(caches, key, known) == 0) Py_DECREF(known);
  }
  Py_DECREF(key);
  if (!known) return nullptr;
  if (!PyObject_TypeCheck(known, cache_type)) return PyErr_SetString(PyExc_TypeError, "not a SymbolCache"), nullptr;
  return reinterpret_cast<CacheObject*>(known)->cache;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// b"name+0x1c [libc.so.6]": what is not known is left out.
PyObject* worded(const Symbol& found, bool show_module, bool show_offset) {
  std::string text(found.name.empty() ? std::string_view("[unknown]") : found.name);
  if (show_offset && !found.name.empty()) text += fmt::format("+{:#x}", found.offset);
  if (show_module && !found.module.empty()) text.append(" [").append(base_name(found.module)).push_back(']');
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

PyObject* answer(SymbolCache& cache, uint64_t address, const Question& question) {
  Symbol found = cache.resolve(address, question.demangle);
  if (question.show_module || question.show_offset) return worded(found, question.show_module, question.show_offset);
  if (!found.name.empty()) return cache.bytes_of(found.name);
  Py_INCREF(unknown);
  return unknown;
}

PyObject* answer_for_pid(uint64_t address, const Question& question) {
  long pid = PyLong_AsLong(question.pid);
  if (pid == -1 && PyErr_Occurred()) return nullptr;
  SymbolCache* cache = cache_of(pid);
  return cache ? answer(*cache, address, question) : nullptr;
}

bool is_build_id_entry(PyObject* object) {
  return !PyLong_Check(object) && std::strstr(Py_TYPE(object)->tp_name, "bpf_stack_build_id") != nullptr;
}

PyObject* answer_for_build_id(const Question& question) {
  Py_buffer view;
  BuildIdEntry entry{};
  if (PyObject_GetBuffer(question.address, &view, PyBUF_SIMPLE) < 0) return nullptr;
  std::memcpy(&entry, view.buf, std::min(static_cast<size_t>(view.len), sizeof entry));
  PyBuffer_Release(&view);
  if (entry.status == kBuildIdIp) return answer_for_pid(entry.offset_or_ip, question);
  Symbol found;
  if (entry.status == kBuildIdValid) {
    found = build_id_symbols().resolve({entry.build_id, sizeof entry.build_id}, entry.offset_or_ip, question.demangle);
  }
  return worded(found, question.show_module, question.show_offset);
}

PyObject* sym(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* given_names) {
  static const char* const names[] = {"addr", "pid", "show_module", "show_offset", "demangle"};
  PyObject* values[5] = {};
  if (!parse("sym", names, values, 5, 2, args, count, given_names)) return nullptr;
  Question question{values[0], values[1], is_true(values[2], false), is_true(values[3], false),
                    is_true(values[4], true)};
  if (is_build_id_entry(question.address)) return answer_for_build_id(question);
  uint64_t address;
  return to_address(question.address, address) ? answer_for_pid(address, question) : nullptr;
}

PyObject* ksym(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* given_names) {
  static const char* const names[] = {"addr", "show_module", "show_offset"};
  PyObject* values[3] = {};
  uint64_t address;
  if (!parse("ksym", names, values, 3, 1, args, count, given_names) || !to_address(values[0], address)) return nullptr;
  SymbolCache* cache = cache_of(-1);
  if (!cache) return nullptr;
  return answer(*cache, address, {.show_module = is_true(values[1], false), .show_offset = is_true(values[2], false)});
}

PyObject* new_cache(PyTypeObject* type, PyObject* args, PyObject* names) {
  static const char* keywords[] = {"pid", nullptr};
  int pid;
  if (!PyArg_ParseTupleAndKeywords(args, names, "i", const_cast<char**>(keywords), &pid)) return nullptr;
  return make_cache(type, pid);
}

void destroy_cache(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  delete reinterpret_cast<CacheObject*>(object)->cache;
  type->tp_free(object);
  Py_DECREF(type);
}

SymbolCache& cache_in(PyObject* self) { return *reinterpret_cast<CacheObject*>(self)->cache; }

PyObject* resolve(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* given_names) {
  static const char* const names[] = {"addr", "demangle"};
  PyObject* values[2] = {};
  uint64_t address;
  if (!parse("resolve", names, values, 2, 1, args, count, given_names) || !to_address(values[0], address))
    return nullptr;
  Symbol found = cache_in(self).resolve(address, is_true(values[1], true));
  return Py_BuildValue("(y#Ky#)", found.name.empty() ? nullptr : found.name.data(),
                       static_cast<Py_ssize_t>(found.name.size()), static_cast<unsigned long long>(found.offset),
                       found.module.empty() ? nullptr : found.module.data(),
                       static_cast<Py_ssize_t>(found.module.size()));
}

PyObject* resolve_name(PyObject* self, PyObject* args) {
  const char *module, *name;
  Py_ssize_t module_size, name_size;
  if (!PyArg_ParseTuple(args, "z#s#", &module, &module_size, &name, &name_size)) return nullptr;
  auto of_module = module ? std::string_view(module, static_cast<size_t>(module_size)) : std::string_view();
  auto address = cache_in(self).address_of(of_module, {name, static_cast<size_t>(name_size)});
  return address ? PyLong_FromUnsignedLongLong(*address) : PyLong_FromLong(-1);
}

// Why there is no name, in a line.
PyObject* why(PyObject* self, PyObject* args) {
  PyObject* object;
  uint64_t address;
  if (!PyArg_ParseTuple(args, "O", &object) || !to_address(object, address)) return nullptr;
  Symbol found = cache_in(self).resolve(address, true);
  return PyUnicode_DecodeFSDefaultAndSize(found.why.data(), static_cast<Py_ssize_t>(found.why.size()));
}

PyObject* raised(const Error& error) {
  try {
    raise(error);
  } catch (py::error_already_set& exception) {
    exception.restore();
  }
  return nullptr;
}

PyObject* text_of(const std::string& text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogateescape");
}

// [(function, file, line, column, inlined)]; asks another program, so other threads go on meanwhile.
PyObject* frames(PyObject* self, PyObject* args) {
  PyObject* object;
  uint64_t address;
  if (!PyArg_ParseTuple(args, "O", &object) || !to_address(object, address)) return nullptr;
  Result<std::vector<Frame>> found;
  Py_BEGIN_ALLOW_THREADS;
  found = cache_in(self).frames(address);
  Py_END_ALLOW_THREADS;
  if (!found) return raised(found.error());
  PyObject* list = PyList_New(0);
  for (const Frame& each : *found) {
    PyObject* row = Py_BuildValue("(NNIIN)", text_of(each.function), text_of(each.file), each.line, each.column,
                                  PyBool_FromLong(each.inlined));
    bool added = list && row && PyList_Append(list, row) == 0;
    Py_XDECREF(row);
    if (!added) Py_CLEAR(list);
  }
  return list;
}

PyObject* pid_of(PyObject* self, void*) { return PyLong_FromLong(cache_in(self).pid()); }
PyObject* handle_of(PyObject* self, void*) { return PyLong_FromVoidPtr(static_cast<c::SymbolCache*>(&cache_in(self))); }

PyMethodDef cache_methods[] = {
    {"resolve", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(resolve)), METH_FASTCALL | METH_KEYWORDS,
     "resolve($self, addr, demangle=True)\n--\n\n(name, offset, module): bytes, int, bytes; None for what is not known."},
    {"resolve_name", resolve_name, METH_VARARGS,
     "resolve_name($self, module, name, /)\n--\n\nThe address of a function, -1 if there is none. module: as resolve() has it; None: any."},
    {"frames", frames, METH_VARARGS,
     "frames($self, addr, /)\n--\n\nThe functions of the source at an address, innermost first, from DWARF: a list of\n"
     "(function, file, line, column, inlined). Raises an exception that says what is missing."},
    {"why", why, METH_VARARGS, "why($self, addr, /)\n--\n\nWhy an address has no name, in a line; '' if it has one."},
    {nullptr, nullptr, 0, nullptr},
};

PyGetSetDef cache_attributes[] = {
    {"pid", pid_of, nullptr, "-1: the kernel", nullptr},
    {"cache", handle_of, nullptr, "a number that is not 0", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyType_Slot cache_slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(new_cache)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy_cache)},
    {Py_tp_methods, cache_methods},
    {Py_tp_getset, cache_attributes},
    {Py_tp_doc, const_cast<char*>("SymbolCache(pid)\n--\n\nThe names of a process, or of the kernel (pid < 0).")},
    {0, nullptr},
};

PyType_Spec cache_spec = {"bcc._core.SymbolCache", sizeof(CacheObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                          cache_slots};

PyMethodDef functions[] = {
    {"sym", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(sym)), METH_FASTCALL | METH_KEYWORDS,
     "sym(addr, pid, show_module=False, show_offset=False, demangle=True)\n--\n\n"
     "The symbol that an address of process pid lies in (pid < 0: of the kernel), as bytes. addr may be an entry of a stack with build-ids."},
    {"ksym", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(ksym)), METH_FASTCALL | METH_KEYWORDS,
     "ksym(addr, show_module=False, show_offset=False)\n--\n\nThe kernel symbol that an address lies in, as bytes."},
    {nullptr, nullptr, 0, nullptr},
};

// A path, or a library's name as find_binary() knows it.
void add_module(const std::string& name) {
  symbols::Binary binary = value_or_raise(symbols::find_binary(name));
  ok_or_raise(build_id_symbols().add(binary.path));
}

}  // namespace

void define_symbols(py::module_& module) {
  cache_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&cache_spec));
  caches = PyDict_New();
  unknown = PyBytes_FromString("[unknown]");
  if (!cache_type || !caches || !unknown || PyModule_AddFunctions(module.ptr(), functions) < 0)
    throw py::error_already_set();
  module.attr("SymbolCache") = py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(cache_type));
  module.attr("sym_caches") = py::reinterpret_borrow<py::object>(caches);
  module.def("add_module", &add_module);
}

}  // namespace sonde::python
