// Result with what the inside of sonde adds to it: makers of errors, context, and the two macros that pass errors on.
#pragma once

#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sonde/result.h"

namespace sonde::base {

inline tl::unexpected<Error> fail(ErrorKind kind, std::string what, std::string hint = {}) {
  return tl::unexpected(Error{kind, std::move(what), 0, std::move(hint)});
}

// An error from a failed system call: `what` gains ": " and the text of `code`.
inline tl::unexpected<Error> fail_errno(int code, const std::string& what, std::string hint = {}) {
  ErrorKind kind = code == EPERM || code == EACCES ? ErrorKind::kPermission
                   : code == ENOENT                ? ErrorKind::kNotFound
                                                   : ErrorKind::kFailed;
  return tl::unexpected(Error{kind, fmt::format("{}: {}", what, std::strerror(code)), code, std::move(hint)});
}

// The same error with one phrase of context in front.
inline Error in_context(std::string_view context, Error error) {
  error.what = fmt::format("{}: {}", context, error.what);
  return error;
}

}  // namespace sonde::base

#define SONDE_CONCAT_(a, b) a##b
#define SONDE_CONCAT(a, b) SONDE_CONCAT_(a, b)

#define RETURN_IF_ERROR(expr)                            \
  do {                                                   \
    if (auto status_ = (expr); !status_) {               \
      return tl::unexpected(std::move(status_).error()); \
    }                                                    \
  } while (0)

#define ASSIGN_OR_RETURN_(temp, target, expr)                \
  auto temp = (expr);                                        \
  if (!temp) return tl::unexpected(std::move(temp).error()); \
  target = std::move(*temp)

// ASSIGN_OR_RETURN(auto fd, open_file(path));
#define ASSIGN_OR_RETURN(target, expr) ASSIGN_OR_RETURN_(SONDE_CONCAT(result_, __LINE__), target, expr)
