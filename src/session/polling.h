// What the buffers of a session share: the descriptors to wait for, and the poll that may be going on.
#pragma once

#include "base/result.h"
#include "bpf/turn.h"
#include "session/waiter.h"

namespace sonde::session {

struct Polling {
  Waiter perf, ring, any;
  bpf::Turn* turn = nullptr;  // of the poll that is going on

  Status open();
  // Buffers must not change, nor be read, under the feet of a poll.
  Status require_idle() const;
};

class PollScope {
 public:
  PollScope(Polling& polling, bpf::Turn& turn) : polling_(polling) { polling_.turn = &turn; }
  PollScope(const PollScope&) = delete;
  PollScope& operator=(const PollScope&) = delete;
  ~PollScope() { polling_.turn = nullptr; }

 private:
  Polling& polling_;
};

}  // namespace sonde::session
