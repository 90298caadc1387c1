// Frames over a socket: sent whole, received whole or not at all.
#include "spec/wire.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string_view>

#include "base/result.h"

namespace sonde::spec {

namespace {

using Clock = std::chrono::steady_clock;

struct Header {
  uint32_t type = 0;
  uint32_t length = 0;
};

// A moment to be done by, or none.
class Deadline {
 public:
  explicit Deadline(int timeout_ms) : limited_(timeout_ms >= 0), end_(Clock::now() + std::chrono::milliseconds(timeout_ms)) {}

  int left_ms() const {
    if (!limited_) return -1;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now()).count();
    return static_cast<int>(std::max<int64_t>(left, 0));
  }

 private:
  bool limited_;
  Clock::time_point end_;
};

Status wait_readable(int socket, const Deadline& deadline) {
  for (;;) {
    pollfd ready{socket, POLLIN, 0};
    int count = ::poll(&ready, 1, deadline.left_ms());
    if (count > 0) return {};
    if (count == 0) return base::fail(ErrorKind::kTimeout, "nothing whole came in time");
    if (errno != EINTR) return base::fail_errno(errno, "cannot wait for a frame");
  }
}

Status receive_bytes(int socket, char* to, size_t length, const Deadline& deadline) {
  while (length > 0) {
    RETURN_IF_ERROR(wait_readable(socket, deadline));
    ssize_t got = ::recv(socket, to, length, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got == 0 || (got < 0 && errno == ECONNRESET)) return base::fail(ErrorKind::kNotFound, "the peer has closed");
    if (got < 0) return base::fail_errno(errno, "cannot receive a frame");
    to += got;
    length -= static_cast<size_t>(got);
  }
  return {};
}

// Grows the body with what has come, so that a peer cannot make us touch more memory than it sends, twice over.
Status receive_body(int socket, std::string& body, size_t length, const Deadline& deadline) {
  constexpr size_t kFirst = 64u << 10;
  while (body.size() < length) {
    size_t used = body.size();
    size_t next = std::min(length, std::max(kFirst, used * 2));
    body.resize(next);
    RETURN_IF_ERROR(receive_bytes(socket, body.data() + used, next - used, deadline));
  }
  return {};
}

// Takes `sent` bytes off the front of two parts.
void advance(iovec (&parts)[2], size_t sent) {
  for (iovec& part : parts) {
    size_t step = std::min(sent, part.iov_len);
    part.iov_base = static_cast<char*>(part.iov_base) + step;
    part.iov_len -= step;
    sent -= step;
  }
}

}  // namespace

Status send_frame(int socket, FrameType type, std::string_view body) {
  if (body.size() > kMaxFrame) {
    return base::fail(ErrorKind::kInvalid, fmt::format("a frame of {} bytes is longer than {}", body.size(), kMaxFrame));
  }
  Header header{static_cast<uint32_t>(type), static_cast<uint32_t>(body.size())};
  iovec parts[2] = {{&header, sizeof header}, {const_cast<char*>(body.data()), body.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  while (parts[0].iov_len + parts[1].iov_len > 0) {
    ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return base::fail(ErrorKind::kNotFound, "the peer has closed");
    if (sent < 0) return base::fail_errno(errno, "cannot send a frame");
    advance(parts, static_cast<size_t>(sent));
  }
  return {};
}

Result<Frame> receive_frame(int socket, int timeout_ms) {
  Deadline deadline(timeout_ms);
  Header header;
  RETURN_IF_ERROR(receive_bytes(socket, reinterpret_cast<char*>(&header), sizeof header, deadline));
  if (header.type < static_cast<uint32_t>(FrameType::kRequest) || header.type > static_cast<uint32_t>(kLastFrameType)) {
    return base::fail(ErrorKind::kInvalid, fmt::format("a frame of unknown type {} came", header.type));
  }
  if (header.length > kMaxFrame) {
    return base::fail(ErrorKind::kInvalid, fmt::format("a frame of {} bytes came, longer than {}", header.length, kMaxFrame));
  }
  Frame frame{static_cast<FrameType>(header.type), {}};
  RETURN_IF_ERROR(receive_body(socket, frame.body, header.length, deadline));
  return frame;
}

}  // namespace sonde::spec
