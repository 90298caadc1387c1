// Messages between us and a child of ours, over a stream socket: {uint32 type, uint32 length} in host byte order and
// `length` bytes, with open descriptors beside them. Sent whole, received whole or not at all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::base {

inline constexpr uint32_t kMaxMessage = 64u << 20;
inline constexpr size_t kMaxMessageFds = 8;

struct Message {
  uint32_t type = 0;
  std::string body;
  std::vector<Fd> fds;
};

// The socket's SO_SNDTIMEO is the limit in time: EAGAIN in Error::code. kNotFound when the peer has closed.
Status send_message(int socket, uint32_t type, std::string_view body, const std::vector<int>& fds = {});

// kTimeout when nothing whole came within timeout_ms (negative: no limit); kNotFound when the peer has closed; kInvalid
// for a type above `last_type` or 0, and for a length above kMaxMessage.
Result<Message> receive_message(int socket, int timeout_ms, uint32_t last_type);

}  // namespace sonde::base
