// A session as Python holds it: the C++ session, and the state of the wait that may be going on in it.
#pragma once

#include <pybind11/pybind11.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bpf/system/fork_listener.h"
#include "c/module.h"
#include "error.h"
#include "polling.h"
#include "sonde/session.h"

namespace sonde::python {

// Guarded by the interpreter's lock, but for what work() does.
class PythonSession : private bpf::ForkListener {
 public:
  // `log`, if not empty, is told what the verifier says, as bytes; `logged` is where the session puts that.
  PythonSession(Session session, pybind11::object log, std::shared_ptr<std::string> logged)
      : session_(std::move(session)), module_(*session_), log_(std::move(log)), logged_(std::move(logged)) {}

  // Raises an Exception when the session has been closed.
  Session& open_session();
  // What `job` gives for the session, a Result that raises; other threads of Python run meanwhile. Jobs in several
  // threads take turns.
  template <typename Job>
  auto work(Job job) {
    open_session();
    auto result = [&] {
      pybind11::gil_scoped_release unlocked;
      std::lock_guard turn(turn_);
      return session_ ? job(*session_) : decltype(job(*session_))(tl::make_unexpected(closed_error()));
    }();
    tell_log();
    if constexpr (std::is_same_v<decltype(result), Status>) {
      ok_or_raise(result);
    } else {
      return value_or_raise(std::move(result));
    }
  }
  // Raises when events are being waited for: buffers must not change under the feet of the wait.
  void require_idle() const;
  // Detaches and unloads everything; from inside a callback only detaches, and the rest when the wait is over.
  void close();
  bool closed() const { return !session_ || closing_; }
  // For functions of C, which ask without the interpreter's lock.
  c::Module& module() { return module_; }

  // Holds the Python objects that the buffer of a map calls, in place of those of a buffer that it had before.
  void keep_callbacks(const std::string& map, std::vector<pybind11::object> callbacks);
  // For the garbage collector.
  int visit(visitproc visit, void* arg);
  void drop();

  // Callbacks of open_perf_buffer and open_ring_buffer.
  void deliver(PyObject* callback, int cpu, const void* data, uint32_t size);
  int deliver_ring(PyObject* callback, PyObject* context, const void* data, uint32_t size);
  void deliver_lost(PyObject* callback, uint64_t count);

  enum class Buffers { kPerf, kRing, kAll };
  // Waits at most timeout_ms (negative: until something comes). Gives the number of events.
  int poll(Buffers which, int64_t timeout_ms);
  int consume(Buffers which);

 private:
  void after_fork() noexcept override;
  template <typename Wait>
  int wait_with(Wait wait);
  bool begin_call();
  void callback_failed(PyObject* callback);
  Result<int> poll_once(Buffers which, std::chrono::milliseconds timeout);
  static Error closed_error();
  void tell_log();
  void end();

  std::map<std::string, std::vector<pybind11::object>> callbacks_;  // outlive the session, which points to them
  std::mutex turn_;  // to change the session. Contract: nobody waits for it with the interpreter's lock held
  std::optional<Session> session_;
  c::Module module_;
  Poll poll_;
  bool closing_ = false;
  pybind11::object log_;
  std::shared_ptr<std::string> logged_;
};

void define_session(pybind11::module_& module);

}  // namespace sonde::python
