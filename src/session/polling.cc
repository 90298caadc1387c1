// What the buffers of a session share: the descriptors to wait for, and the poll that may be going on.
#include "session/polling.h"

namespace sonde::session {

Status Polling::open() {
  RETURN_IF_ERROR(perf.open());
  RETURN_IF_ERROR(ring.open());
  RETURN_IF_ERROR(any.open());
  RETURN_IF_ERROR(any.add(perf.fd()));
  return any.add(ring.fd());
}

Status Polling::require_idle() const {
  if (!turn) return {};
  return base::fail(ErrorKind::kInvalid, "events are being handed out already: called inside a callback");
}

}  // namespace sonde::session
