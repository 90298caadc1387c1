// Waits for any of several descriptors to have something to read.
#pragma once

#include "base/fd.h"
#include "base/result.h"

namespace sonde::session {

class EpollSet {
 public:
  Status open();
  Status add(int fd);  // until it is closed
  int fd() const { return epoll_.get(); }
  // True when something came; false after timeout_ms (negative: no limit). kFailed with code EINTR: a signal came.
  Result<bool> wait(int timeout_ms) const;
  // The same for time alone.
  static Result<bool> pause(int timeout_ms);

 private:
  base::Fd epoll_;
};

}  // namespace sonde::session
