#include "session/state/poll_state.h"

namespace sonde::session {

Status PollState::open() {
  RETURN_IF_ERROR(perf.open());
  RETURN_IF_ERROR(ring.open());
  RETURN_IF_ERROR(any.open());
  RETURN_IF_ERROR(any.add(perf.fd()));
  return any.add(ring.fd());
}

Status PollState::open_again(const std::vector<int>& perf_fds, const std::vector<int>& ring_fds) {
  if (!any.wait(0)) {  // before one of its own gets the number of a file that the program has opened since
    return base::fail(ErrorKind::kInvalid, "this process was forked, and the descriptors of its buffers were closed",
                      "leave them open (python-daemon: files_preserve), or load and attach after the fork");
  }
  RETURN_IF_ERROR(open());
  for (int fd : perf_fds) RETURN_IF_ERROR(perf.add(fd));
  for (int fd : ring_fds) RETURN_IF_ERROR(ring.add(fd));
  forked = false;
  return {};
}

Status PollState::require_idle() const {
  if (!budget) return {};
  return base::fail(ErrorKind::kInvalid, "events are being handed out already: called inside a callback");
}

// A poll of another thread is not going on here. That of this thread, which forked inside a callback, hands out no
// more: what it would read next is its parent's to read.
void PollState::after_fork() noexcept {
  forked = true;
  if (!budget) return;
  if (::pthread_equal(poller, ::pthread_self())) {
    budget->stop();
  } else {
    budget = nullptr;
  }
}

}  // namespace sonde::session
