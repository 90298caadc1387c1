// Messages over a stream socket.
#include "base/message.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace sonde::base {

namespace {

using Clock = std::chrono::steady_clock;

struct Header {
  uint32_t type = 0;
  uint32_t length = 0;
};

// Room for descriptors beside a message's first byte.
union Control {
  cmsghdr alignment;
  char bytes[CMSG_SPACE(sizeof(int) * kMaxMessageFds)];
};

// A moment to be done by, or none.
class Deadline {
 public:
  explicit Deadline(int timeout_ms)
      : limited_(timeout_ms >= 0), end_(Clock::now() + std::chrono::milliseconds(timeout_ms)) {}

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
    if (count == 0) return fail(ErrorKind::kTimeout, "nothing whole came in time");
    if (errno != EINTR) return fail_errno(errno, "cannot wait for a frame");
  }
}

// Takes over what came beside the bytes, before anything else can fail.
void collect_fds(msghdr& message, std::vector<Fd>& fds) {
  for (cmsghdr* each = CMSG_FIRSTHDR(&message); each; each = CMSG_NXTHDR(&message, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(each) + i * sizeof fd, sizeof fd);
      fds.emplace_back(fd);
    }
  }
}

ssize_t receive_some(int socket, char* to, size_t length, std::vector<Fd>& fds) {
  Control control;
  iovec part{to, length};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got >= 0) collect_fds(message, fds);
  return got;
}

Status receive_bytes(int socket, char* to, size_t length, const Deadline& deadline, std::vector<Fd>& fds) {
  while (length > 0) {
    RETURN_IF_ERROR(wait_readable(socket, deadline));
    ssize_t got = receive_some(socket, to, length, fds);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got == 0 || (got < 0 && errno == ECONNRESET)) return fail(ErrorKind::kNotFound, "the peer has closed");
    if (got < 0) return fail_errno(errno, "cannot receive a frame");
    if (fds.size() > kMaxMessageFds) return fail(ErrorKind::kInvalid, "a frame with too many descriptors came");
    to += got;
    length -= static_cast<size_t>(got);
  }
  return {};
}

// Grows the body with what has come, so that a peer cannot make us touch more memory than it sends, twice over.
Status receive_body(int socket, Message& message, size_t length, const Deadline& deadline) {
  constexpr size_t kFirst = 64u << 10;
  std::string& body = message.body;
  while (body.size() < length) {
    size_t used = body.size();
    size_t next = std::min(length, std::max(kFirst, used * 2));
    body.resize(next);
    RETURN_IF_ERROR(receive_bytes(socket, body.data() + used, next - used, deadline, message.fds));
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

void attach_fds(msghdr& message, Control& control, const std::vector<int>& fds) {
  if (fds.empty()) return;
  message.msg_control = control.bytes;
  message.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
  cmsghdr* rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
  std::memcpy(CMSG_DATA(rights), fds.data(), sizeof(int) * fds.size());
}

}  // namespace

Status send_message(int socket, uint32_t type, std::string_view body, const std::vector<int>& fds) {
  if (body.size() > kMaxMessage || fds.size() > kMaxMessageFds) {
    return fail(ErrorKind::kInvalid, fmt::format("a frame of {} bytes is longer than {}", body.size(), kMaxMessage));
  }
  Header header{type, static_cast<uint32_t>(body.size())};
  iovec parts[2] = {{&header, sizeof header}, {const_cast<char*>(body.data()), body.size()}};
  Control control{};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  attach_fds(message, control, fds);
  while (parts[0].iov_len + parts[1].iov_len > 0) {
    ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return fail(ErrorKind::kNotFound, "the peer has closed");
    if (sent < 0) return fail_errno(errno, "cannot send a frame");
    advance(parts, static_cast<size_t>(sent));
    message.msg_control = nullptr;  // they are over there now
    message.msg_controllen = 0;
  }
  return {};
}

Result<Message> receive_message(int socket, int timeout_ms, uint32_t last_type) {
  Deadline deadline(timeout_ms);
  Header header;
  Message message;
  RETURN_IF_ERROR(receive_bytes(socket, reinterpret_cast<char*>(&header), sizeof header, deadline, message.fds));
  if (header.type == 0 || header.type > last_type) {
    return fail(ErrorKind::kInvalid, fmt::format("a frame of unknown type {} came", header.type));
  }
  if (header.length > kMaxMessage) {
    return fail(ErrorKind::kInvalid,
                fmt::format("a frame of {} bytes came, longer than {}", header.length, kMaxMessage));
  }
  message.type = header.type;
  RETURN_IF_ERROR(receive_body(socket, message, header.length, deadline));
  return message;
}

}  // namespace sonde::base
