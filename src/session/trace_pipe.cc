// TracePipe: what programs say with bpf_trace_printk, line by line.
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"
#include "base/result.h"
#include "kernel/tracefs.h"
#include "sonde/session.h"

namespace sonde {
namespace {

// The kernel ends the file when someone turns tracing off; it goes on when it is turned on again.
Status wait_a_moment() {
  timespec moment{0, 100'000'000};
  if (::nanosleep(&moment, nullptr) != 0) return base::fail_errno(errno, "interrupted while reading the trace pipe");
  return {};
}

}  // namespace

Result<TracePipe> TracePipe::open(bool nonblocking) {
  ASSIGN_OR_RETURN(const kernel::Tracefs* tracefs, kernel::Tracefs::open());
  ASSIGN_OR_RETURN(base::Fd fd, tracefs->open_file("trace_pipe", O_RDONLY | (nonblocking ? O_NONBLOCK : 0)));
  TracePipe pipe;
  pipe.fd_ = fd.get();
  pipe.owner_ = std::make_shared<base::Fd>(std::move(fd));
  pipe.nonblocking_ = nonblocking;
  return pipe;
}

Result<std::string> TracePipe::read_line() {
  for (;;) {
    if (size_t end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    char bytes[4096];
    ssize_t got = ::read(fd_, bytes, sizeof bytes);
    if (got < 0) {
      int code = errno;
      return tl::unexpected(Error{ErrorKind::kFailed, fmt::format("trace pipe: {}", std::strerror(code)), code,
                                  code == EBUSY ? "another program reads it; there is one for the whole machine" : ""});
    }
    if (got == 0 && nonblocking_) return tl::unexpected(Error{ErrorKind::kFailed, "trace pipe: nothing there", EAGAIN, ""});
    if (got == 0) RETURN_IF_ERROR(wait_a_moment());
    pending_.append(bytes, static_cast<size_t>(got));
  }
}

int TracePipe::fd() const { return fd_; }

}  // namespace sonde
