// A session as Python holds it: the wait for events and the calls of Python's callbacks.
#include "session.h"

#include <algorithm>
#include <cerrno>
#include <new>

#include "error.h"
#include "event_reader.h"

namespace py = pybind11;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace sonde::python {
namespace {

// A signal that comes just before the wait begins is not seen by the wait; it is seen when the slice is over.
constexpr milliseconds kSlice{1000};

}  // namespace

Error PythonSession::closed_error() { return {ErrorKind::kInvalid, "this BPF object has been closed", 0, ""}; }

Session& PythonSession::open_session() {
  if (!session_) raise(closed_error());
  return *session_;
}

void PythonSession::require_idle() const {
  if (!poll_.running()) return;
  raise(Error{ErrorKind::kInvalid,
              "events are being waited for already: called inside a callback, or while another thread polls", 0, ""});
}

// Detaching may take the kernel long: nobody has to wait for that.
void PythonSession::close() {
  if (closed()) return;
  closing_ = true;
  module_.close();
  if (poll_.calling()) session_->end_poll();
  {
    py::gil_scoped_release unlocked;
    std::lock_guard turn(turn_);
    if (session_) session_->detach_all();
  }
  if (!poll_.running()) end();
}

void PythonSession::end() {
  std::optional<Session> ending;
  {
    py::gil_scoped_release unlocked;
    turn_.lock();
  }
  ending.swap(session_);
  turn_.unlock();
  ending.reset();
  std::exchange(callbacks_, {}).clear();
}

// Whatever another thread was doing to the session, it does so in the parent. The thread that forks is never inside
// work().
void PythonSession::after_fork() noexcept {
  poll_.after_fork();
  new (&turn_) std::mutex;
}

void PythonSession::keep_callbacks(const std::string& map, std::vector<py::object> callbacks) {
  callbacks_[map].swap(callbacks);
}

int PythonSession::visit(visitproc visit, void* arg) {
  Py_VISIT(log_.ptr());
  for (const auto& [map, callbacks] : callbacks_) {
    for (const py::object& each : callbacks) Py_VISIT(each.ptr());
  }
  return 0;
}

// Contract: nobody can reach this session any more, so that no thread is at work in it.
void PythonSession::drop() {
  closing_ = true;
  module_.close();
  session_.reset();
  std::exchange(log_, py::object());
  std::exchange(callbacks_, {}).clear();
}

void PythonSession::tell_log() {
  if (logged_ && !logged_->empty()) log_(py::bytes(std::exchange(*logged_, {})));
}

// Another thread may have closed the session while this one waited: its callbacks are called no more.
bool PythonSession::begin_call() {
  poll_.take_lock();
  if (closing_) session_->end_poll();
  return !closing_;
}

void PythonSession::deliver(PyObject* callback, int cpu, const void* data, uint32_t size) {
  if (!begin_call()) return;
  PyObject* args[] = {nullptr, PyLong_FromLong(cpu), PyLong_FromVoidPtr(const_cast<void*>(data)),
                      PyLong_FromUnsignedLong(size)};
  PyObject* result = nullptr;
  if (args[1] && args[2] && args[3]) {
    current_event = {data, size};
    result = PyObject_Vectorcall(callback, args + 1, 3 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
  }
  if (!result) callback_failed(callback);
  Py_XDECREF(result);
  Py_XDECREF(args[1]);
  Py_XDECREF(args[2]);
  Py_XDECREF(args[3]);
}

int PythonSession::deliver_ring(PyObject* callback, PyObject* context, const void* data, uint32_t size) {
  if (!begin_call()) return -1;
  PyObject* args[] = {nullptr, context, PyLong_FromVoidPtr(const_cast<void*>(data)), PyLong_FromUnsignedLong(size)};
  PyObject* result = nullptr;
  if (args[2] && args[3]) {
    current_event = {data, size};
    result = PyObject_Vectorcall(callback, args + 1, 3 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
  }
  Py_XDECREF(args[2]);
  Py_XDECREF(args[3]);
  if (!result) {
    callback_failed(callback);
    return 0;
  }
  // Most callbacks return None; what is no number counts as 0.
  long value = PyLong_Check(result) ? PyLong_AsLong(result) : 0;
  if (PyErr_Occurred()) PyErr_Clear();
  Py_DECREF(result);
  return static_cast<int>(std::clamp(value, -1L, 1L));
}

void PythonSession::deliver_lost(PyObject* callback, uint64_t count) {
  if (!begin_call()) return;
  PyObject* number = PyLong_FromUnsignedLongLong(count);
  PyObject* result = number ? PyObject_CallOneArg(callback, number) : nullptr;
  if (!result) callback_failed(callback);
  Py_XDECREF(result);
  Py_XDECREF(number);
  poll_.give_lock();  // it may be told of just before the wait
}

void PythonSession::callback_failed(PyObject* callback) {
  poll_.callback_failed(callback);
  if (poll_.stopped()) session_->end_poll();
}

// Runs `wait` with the interpreter's lock given up until the first event. -1: a signal came.
template <typename Wait>
int PythonSession::wait_with(Wait wait) {
  open_session();
  require_idle();
  CurrentEvent outer = current_event;  // a callback may poll another session
  poll_.start();
  Result<int> handled = wait();
  bool fine = poll_.finish();
  current_event = outer;
  if (closing_) end();
  if (!fine) throw py::error_already_set();
  if (!handled && handled.error().code == EINTR) return -1;
  return value_or_raise(std::move(handled));
}

Result<int> PythonSession::poll_once(Buffers which, milliseconds timeout) {
  switch (which) {
    case Buffers::kPerf: return session_->poll_perf_buffers(timeout);
    case Buffers::kRing: return session_->poll_ring_buffers(timeout);
    case Buffers::kAll: break;
  }
  return session_->poll(timeout);
}

int PythonSession::poll(Buffers which, int64_t timeout_ms) {
  auto end = steady_clock::now() + milliseconds(std::max<int64_t>(timeout_ms, 0));
  while (true) {
    milliseconds slice = kSlice;
    if (timeout_ms >= 0) {
      auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
      slice = std::clamp(left, milliseconds(0), kSlice);
    }
    int handled = wait_with([&] { return poll_once(which, slice); });
    bool over = timeout_ms >= 0 && steady_clock::now() >= end;
    if (handled != 0 || over || !session_ || session_->found_records()) return std::max(handled, 0);
  }
}

int PythonSession::consume(Buffers which) {
  int handled = wait_with(
      [&] { return which == Buffers::kRing ? session_->consume_ring_buffers() : session_->consume_perf_buffers(); });
  return std::max(handled, 0);
}

}  // namespace sonde::python
