// The one place where an Error of sonde becomes a Python exception.
#pragma once

#include <pybind11/pybind11.h>

#include <utility>

#include "sonde/result.h"

namespace sonde::python {

// Throws pybind11's carrier of an `Exception` whose text is the error's line and its hint. The exception has the
// attributes `kind` ("not_found", …), `code` (errno or 0), `what` and `hint`.
[[noreturn]] void raise(const Error& error);

template <typename T>
T value_or_raise(Result<T> result) {
  if (!result) raise(result.error());
  return std::move(*result);
}

inline void ok_or_raise(const Status& status) {
  if (!status) raise(status.error());
}

}  // namespace sonde::python
