// One wait for events from Python: who holds the interpreter's lock meanwhile, and what became of the callbacks.
#pragma once

#include <Python.h>
#include <pthread.h>

namespace sonde::python {

// The lock is given up when the wait begins and taken back by the first event of a batch; the events after it are
// delivered without touching it again. An exception that is not an `Exception` (KeyboardInterrupt, SystemExit) is kept,
// and raised again by finish(): the poll has to end.
class Poll {
 public:
  bool running() const { return running_; }
  // Whether the wait is inside a callback, on whichever thread. Contract: called with the lock held.
  bool calling() const { return running_ && !waiting_; }
  bool stopped() const { return exception_type_ != nullptr; }

  void start() {
    running_ = true;
    thread_ = ::pthread_self();
    give_lock();
  }
  void give_lock() {
    waiting_ = PyThreadState_Get();  // before another thread can look
    PyEval_SaveThread();
  }
  // Contract: called from inside the wait, on its thread.
  void take_lock() {
    if (waiting_) {
      PyEval_RestoreThread(waiting_);
      waiting_ = nullptr;
    }
  }
  // In a child of fork(): the wait of another thread is not going on here.
  void after_fork() {
    if (running_ && !::pthread_equal(thread_, ::pthread_self())) *this = Poll();
  }
  // Looks at the exception that `callable` left behind: prints it, or keeps it for finish().
  void callback_failed(PyObject* callable);
  // Ends the wait, lock held. False: a Python exception is set.
  bool finish();

 private:
  bool running_ = false;
  pthread_t thread_{};  // of the wait
  PyThreadState* waiting_ = nullptr;
  PyObject* exception_type_ = nullptr;
  PyObject* exception_ = nullptr;
  PyObject* traceback_ = nullptr;
};

}  // namespace sonde::python
