// What the buffers of a session share: the descriptors to wait for, and the poll that may be going on.
#pragma once

#include <pthread.h>

#include <vector>

#include "base/result.h"
#include "bpf/events/poll_budget.h"
#include "bpf/system/fork_listener.h"
#include "session/state/epoll_set.h"

namespace sonde::session {

struct PollState : private bpf::ForkListener {
  EpollSet perf, ring, any;
  bpf::PollBudget* budget = nullptr;  // of the poll that is going on
  pthread_t poller{};                 // the thread that it is going on in
  bool found_records = false;         // by the last poll
  bool forked = false;                // since the epoll sets were opened: they are another process's

  Status open();
  // A child of fork() leaves its parent's epoll sets alone: its next poll opens its own, for all buffers.
  Status wait_for(EpollSet& epoll, int fd) { return forked ? Status{} : epoll.add(fd); }
  // In a child of fork(): epoll sets of its own, for descriptors that its parent opened.
  Status open_again(const std::vector<int>& perf_fds, const std::vector<int>& ring_fds);
  // Buffers must not change, nor be read, under the feet of a poll.
  Status require_idle() const;

 private:
  void after_fork() noexcept override;
};

class PollScope {
 public:
  PollScope(PollState& poll_state, bpf::PollBudget& budget) : poll_state_(poll_state), budget_(budget) {
    poll_state_.budget = &budget;
    poll_state_.poller = ::pthread_self();
  }
  PollScope(const PollScope&) = delete;
  PollScope& operator=(const PollScope&) = delete;
  ~PollScope() {
    poll_state_.found_records = budget_.has_read();
    poll_state_.budget = nullptr;
  }

 private:
  PollState& poll_state_;
  bpf::PollBudget& budget_;
};

}  // namespace sonde::session
