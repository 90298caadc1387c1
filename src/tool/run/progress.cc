// The line that says how far it is.
#include "tool/run/progress.h"

#include <unistd.h>

#include <cstdio>

namespace sonde::tool {
namespace {

constexpr double kLong = 3;  // seconds; who waits less need not be told

}  // namespace

Progress::Progress(std::optional<double> duration) {
  if (duration && *duration >= kLong && ::isatty(STDERR_FILENO)) duration_ = *duration;
}

void Progress::begin() { begun_ = Clock::now(); }

void Progress::show() {
  long passed = static_cast<long>(std::chrono::duration<double>(Clock::now() - begun_).count());
  if (duration_ == 0 || passed == shown_) return;
  shown_ = passed;
  std::fprintf(stderr, "\r\033[K%ld of %g s", passed, duration_);
}

void Progress::clear() {
  if (shown_ >= 0) std::fputs("\r\033[K", stderr);
  shown_ = -1;
}

}  // namespace sonde::tool
