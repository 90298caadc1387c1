// What the buffers of a session share: the descriptors to wait for, and the poll that may be going on.
#pragma once

#include <pthread.h>

#include <vector>

#include "base/result.h"
#include "bpf/system/fork_listener.h"
#include "bpf/events/poll_budget.h"
#include "session/state/epoll_set.h"

namespace sonde::session {

struct Polling : private bpf::ForkListener {
  Waiter perf, ring, any;
  bpf::Turn* turn = nullptr;  // of the poll that is going on
  pthread_t poller{};         // the thread that it is going on in
  bool found_records = false;  // by the last poll
  bool forked = false;         // since the waiters were opened: they are another process's

  Status open();
  // A child of fork() leaves its parent's waiters alone: its next poll opens its own, for all buffers.
  Status wait_for(Waiter& waiter, int fd) { return forked ? Status{} : waiter.add(fd); }
  // In a child of fork(): waiters of its own, for descriptors that its parent opened.
  Status open_again(const std::vector<int>& perf_fds, const std::vector<int>& ring_fds);
  // Buffers must not change, nor be read, under the feet of a poll.
  Status require_idle() const;

 private:
  void after_fork() noexcept override;
};

class PollScope {
 public:
  PollScope(Polling& polling, bpf::Turn& turn) : polling_(polling), turn_(turn) {
    polling_.turn = &turn;
    polling_.poller = ::pthread_self();
  }
  PollScope(const PollScope&) = delete;
  PollScope& operator=(const PollScope&) = delete;
  ~PollScope() {
    polling_.found_records = turn_.has_read();
    polling_.turn = nullptr;
  }

 private:
  Polling& polling_;
  bpf::Turn& turn_;
};

}  // namespace sonde::session
