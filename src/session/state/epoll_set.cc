#include "session/state/epoll_set.h"

#include <poll.h>
#include <sys/epoll.h>

#include <cerrno>

namespace sonde::session {
namespace {

tl::unexpected<Error> interrupted(int code) { return base::fail_errno(code, "interrupted while waiting for events"); }

}  // namespace

Status EpollSet::open() {
  epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_.valid()) return base::fail_errno(errno, "cannot make an epoll descriptor");
  return {};
}

Status EpollSet::add(int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0 && errno != EEXIST) {
    return base::fail_errno(errno, "cannot wait for a buffer");
  }
  return {};
}

Result<bool> EpollSet::wait(int timeout_ms) const {
  epoll_event events[16];
  int ready = ::epoll_wait(epoll_.get(), events, 16, timeout_ms);
  if (ready < 0) return interrupted(errno);
  return ready > 0;
}

Result<bool> EpollSet::pause(int timeout_ms) {
  if (::poll(nullptr, 0, timeout_ms) < 0) return interrupted(errno);
  return false;
}

}  // namespace sonde::session
