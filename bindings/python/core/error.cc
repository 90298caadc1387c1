// The one place where an Error of sonde becomes a Python exception.
#include "error.h"

#include <cerrno>
#include <string>

#include "base/open_files.h"

namespace py = pybind11;

namespace sonde::python {
namespace {

const char* name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid: return "invalid";
    case ErrorKind::kNotFound: return "not_found";
    case ErrorKind::kPermission: return "permission";
    case ErrorKind::kUnsupported: return "unsupported";
    case ErrorKind::kCompile: return "compile";
    case ErrorKind::kVerifier: return "verifier";
    case ErrorKind::kTimeout: return "timeout";
    case ErrorKind::kFailed: break;
  }
  return "failed";
}

// What the user wrote may be in any encoding, and comes back in messages.
py::object text(const std::string& bytes) {
  PyObject* decoded = PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "replace");
  if (!decoded) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(decoded);
}

// For failures that no system call told of.
int errno_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid: return EINVAL;
    case ErrorKind::kNotFound: return ENOENT;
    case ErrorKind::kPermission: return EPERM;
    case ErrorKind::kUnsupported: return EOPNOTSUPP;
    case ErrorKind::kTimeout: return ETIMEDOUT;
    default: return 0;
  }
}

}  // namespace

void leave_errno(int code) {
  static PyObject* set_errno = nullptr;  // guarded by the interpreter's lock
  if (!set_errno) {
    PyObject* module = PyImport_ImportModule("_ctypes");
    set_errno = module ? PyObject_GetAttrString(module, "set_errno") : nullptr;
    Py_XDECREF(module);
  }
  PyObject* number = set_errno ? PyLong_FromLong(code) : nullptr;
  PyObject* result = number ? PyObject_CallOneArg(set_errno, number) : nullptr;
  Py_XDECREF(number);
  Py_XDECREF(result);
  if (!result) PyErr_Clear();
}

void raise(const Error& error) {
  if (int code = error.code ? error.code : errno_of(error.kind)) leave_errno(code);
  std::string hint = base::hint_of(error);
  std::string line = hint.empty() ? error.what : error.what + "\n  hint: " + hint;
  py::object exception = py::reinterpret_borrow<py::object>(PyExc_Exception)(text(line));
  exception.attr("kind") = name_of(error.kind);
  exception.attr("code") = error.code;
  exception.attr("what") = text(error.what);
  exception.attr("hint") = text(hint);
  PyErr_SetObject(PyExc_Exception, exception.ptr());
  throw py::error_already_set();
}

}  // namespace sonde::python
