// Frames over a socket: messages of the types that a session and its compiler child know.
#include "spec/wire.h"

#include <utility>

#include "base/message.h"

namespace sonde::spec {

Status send_frame(int socket, FrameType type, std::string_view body) {
  return base::send_message(socket, static_cast<uint32_t>(type), body);
}

Result<Frame> receive_frame(int socket, int timeout_ms) {
  ASSIGN_OR_RETURN(base::Message message,
                   base::receive_message(socket, timeout_ms, static_cast<uint32_t>(kLastFrameType)));
  return Frame{static_cast<FrameType>(message.type), std::move(message.body)};
}

}  // namespace sonde::spec
