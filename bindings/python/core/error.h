// The one place where an Error of sonde becomes a Python exception.
#pragma once

#include <pybind11/pybind11.h>

#include <utility>

#include "sonde/result.h"

namespace sonde::python {

// Throws pybind11's carrier of an `Exception` whose text is the error's line and its hint. The exception has the
// attributes `kind` ("not_found", …), `code` (errno or 0), `what` and `hint`.
// ctypes.get_errno() gives the code from then on.
[[noreturn]] void raise(const Error& error);

// What ctypes.get_errno() gives from now on in this thread: scripts ask it after a failure, as BCC's calls go through
// ctypes.
void leave_errno(int code);

template <typename T>
T value_or_raise(Result<T> result) {
  if (!result) raise(result.error());
  return std::move(*result);
}

inline void ok_or_raise(const Status& status) {
  if (!status) raise(status.error());
}

}  // namespace sonde::python
