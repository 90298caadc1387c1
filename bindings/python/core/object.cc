// Compiling, and what a compiled object says about itself, for Python.
#include "object.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "error.h"
#include "sonde/session.h"
#include "sonde/usdt.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

const char* name_of(spec::TypeKind kind) {
  switch (kind) {
    case spec::TypeKind::kVoid: return "void";
    case spec::TypeKind::kInt: return "int";
    case spec::TypeKind::kBool: return "bool";
    case spec::TypeKind::kChar: return "char";
    case spec::TypeKind::kFloat: return "float";
    case spec::TypeKind::kEnum: return "enum";
    case spec::TypeKind::kPointer: return "pointer";
    case spec::TypeKind::kArray: return "array";
    case spec::TypeKind::kStruct: return "struct";
    case spec::TypeKind::kUnion: return "union";
  }
  return "void";
}

std::vector<std::string> strings_of(py::handle list) {
  std::vector<std::string> strings;
  for (py::handle each : list) strings.push_back(each.cast<std::string>());
  return strings;
}

Object compile_text(const py::bytes& text, const std::string& file_name, py::handle cflags, unsigned debug,
                    py::handle usdt) {
  CompileOptions options;
  options.file_name = file_name;
  options.cflags = strings_of(cflags);
  options.debug = debug;
  // BCC has no limit: a large program on a busy or emulated machine takes its time.
  if (!std::getenv("SONDE_COMPILE_TIMEOUT")) options.timeout = std::chrono::minutes(5);
  bool raised = false;  // by a handler of a signal: KeyboardInterrupt, for one
  options.interrupted = [&] {
    py::gil_scoped_acquire locked;
    return raised = PyErr_CheckSignals() != 0;
  };
  for (py::handle each : usdt) options.usdt.push_back(each.cast<Usdt>());
  std::string source = text;
  Result<Object> object = [&] {
    py::gil_scoped_release unlocked;
    return compile(source, options);
  }();
  if (raised) throw py::error_already_set();
  return value_or_raise(std::move(object));
}

}  // namespace

py::tuple type_tuple(const spec::Type& type) {
  py::tuple fields(type.fields.size());
  for (size_t i = 0; i < type.fields.size(); i++) {
    const spec::Field& field = type.fields[i];
    fields[i] = py::make_tuple(field.name, field.type, field.offset_bits, field.bits);
  }
  return py::make_tuple(name_of(type.kind), type.name, type.spelling, type.size, type.is_signed, type.element,
                        type.count, fields);
}

void define_object(py::module_& module) {
  py::class_<Object>(module, "Object")
      .def_property_readonly("diagnostics", [](const Object& o) { return py::bytes(o.diagnostics()); })
      .def_property_readonly("bytes", [](const Object& o) { return py::bytes(o.bytes()); })
      .def_property_readonly("from_cache", &Object::from_cache);
  module.def("compile", &compile_text, py::arg("text"), py::arg("file_name"), py::arg("cflags"), py::arg("debug"),
             py::arg("usdt") = py::tuple());
  module.def("open_object", [](const std::string& path) { return value_or_raise(Object::open(path)); });
}

}  // namespace sonde::python
