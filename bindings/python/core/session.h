// A session as Python holds it: the C++ session, and the state of the wait that may be going on in it.
#pragma once

#include <pybind11/pybind11.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "polling.h"
#include "sonde/session.h"

namespace sonde::python {

class PythonSession {
 public:
  explicit PythonSession(Session session) : session_(std::move(session)) {}

  // Raises an Exception when the session has been closed.
  Session& open_session();
  // Raises when events are being waited for: buffers must not change under the feet of the wait.
  void require_idle() const;
  // Detaches and unloads everything; from inside a callback only detaches, and the rest when the wait is over.
  void close();
  bool closed() const { return !session_ || closing_; }

  // Callbacks of open_perf_buffer and open_ring_buffer.
  void deliver(PyObject* callback, int cpu, const void* data, uint32_t size);
  int deliver_ring(PyObject* callback, PyObject* context, const void* data, uint32_t size);
  void deliver_lost(PyObject* callback, uint64_t count);

  enum class Buffers { kPerf, kRing, kAll };
  // Waits at most timeout_ms (negative: until something comes). Gives the number of events.
  int poll(Buffers which, int64_t timeout_ms);
  int consume(Buffers which);

 private:
  template <typename Wait>
  int wait_with(Wait wait);
  Result<int> poll_once(Buffers which, std::chrono::milliseconds timeout);

  std::optional<Session> session_;
  Poll poll_;
  bool closing_ = false;
};

void define_session(pybind11::module_& module);

}  // namespace sonde::python
