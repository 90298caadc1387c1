// One wait for events from Python: who holds the interpreter's lock meanwhile, and what became of the callbacks.
#include "polling.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace sonde::python {
namespace {

bool is_broken_pipe(PyObject* exception) {
  if (!PyObject_TypeCheck(exception, reinterpret_cast<PyTypeObject*>(PyExc_BrokenPipeError))) return false;
  pollfd standard_output{STDOUT_FILENO, 0, 0};
  return ::poll(&standard_output, 1, 0) == 1 && (standard_output.revents & (POLLERR | POLLHUP));
}

// Python flushes standard output once more when it ends, and would complain again.
void silence_standard_output() {
  int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null < 0) return;
  ::dup2(null, STDOUT_FILENO);
  ::close(null);
}

}  // namespace

void Poll::callback_failed(PyObject* callable) {
  PyObject *type, *exception, *traceback;
  PyErr_Fetch(&type, &exception, &traceback);
  PyErr_NormalizeException(&type, &exception, &traceback);
  if (is_broken_pipe(exception)) {  // `tool.py | head`: the reader has seen enough
    silence_standard_output();
    PyErr_Clear();
    Py_XDECREF(type);
    Py_XDECREF(exception);
    Py_XDECREF(traceback);
    PyErr_SetObject(PyExc_SystemExit, Py_None);
    PyErr_Fetch(&exception_type_, &exception_, &traceback_);
    return;
  }
  bool ordinary = PyErr_GivenExceptionMatches(type, PyExc_Exception);
  if (!ordinary && !stopped()) {
    exception_type_ = type;
    exception_ = exception;
    traceback_ = traceback;
    return;
  }
  PyErr_Restore(type, exception, traceback);
  PyErr_WriteUnraisable(callable);
}

bool Poll::finish() {
  take_lock();
  running_ = false;
  if (!stopped()) return PyErr_CheckSignals() == 0;
  PyErr_Restore(exception_type_, exception_, traceback_);
  exception_type_ = exception_ = traceback_ = nullptr;
  return false;
}

}  // namespace sonde::python
