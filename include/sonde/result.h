// Result<T>: a value or an Error. No function of sonde throws.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace sonde {

enum class ErrorKind {
  kFailed,       // anything without a better name
  kInvalid,      // the caller's input is wrong
  kNotFound,     // the named thing does not exist
  kPermission,   // not allowed: no root, lockdown, seccomp
  kUnsupported,  // this kernel lacks it; `hint` names the version that has it
  kCompile,      // the user's C has mistakes; `what` holds the diagnostics
  kVerifier,     // the kernel's verifier said no; `what` opens with the user's source line
  kTimeout,      // a limit in time was reached
};

// One line from general to exact in `what`; `hint` says what to do about it, or is empty.
struct Error {
  ErrorKind kind = ErrorKind::kFailed;
  std::string what;
  int code = 0;  // errno, or 0
  std::string hint;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

}  // namespace sonde
