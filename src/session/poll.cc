// Session: waiting for events and handing them out, within a limit of time however fast they come.
#include <algorithm>
#include <cerrno>

#include "session/state/session_state.h"

namespace sonde {
namespace {

using Clock = bpf::PollBudget::Clock;
using std::chrono::milliseconds;

constexpr int kBusyPauseMs = 5;  // for another process to finish reading a buffer that it shares with this one

}  // namespace

// Hands out what is there. The buffers that have something take turns at being first: time may be over after that one.
int Session::State::hand_out(bool perf, bool ring, bpf::PollBudget& budget) {
  std::vector<Map::State*> ready;
  for (const auto& map : maps) {
    if (map->has_data(perf, ring)) ready.push_back(map.get());
  }
  int events = 0;
  for (size_t i = 0, first = first_map++; i < ready.size() && !budget.stopped(); i++) {
    Map::State& map = *ready[(first + i) % ready.size()];
    for (size_t k = 0; perf && k < map.perf_buffers.size() && !budget.stopped(); k++)
      events += map.perf_buffers[k]->consume(budget);
    if (ring && map.ring_buffer) events += map.ring_buffer->consume(budget);
  }
  if (!budget.stopped()) tell_lost_events(perf, ring, false);
  return events;
}

void Session::State::tell_lost_events(bool perf, bool ring, bool idle) {
  for (const auto& map : maps) map->tell_lost_events(perf, ring, idle);
}

bool Session::State::has_data(bool perf, bool ring) const {
  return std::any_of(maps.begin(), maps.end(), [&](const auto& map) { return map->has_data(perf, ring); });
}

// A child of fork() must not change its parent's epoll sets, nor touch mappings that it did not get.
Status Session::State::prepare_to_read() {
  std::vector<int> perf_fds, ring_fds;
  for (const auto& map : maps) {
    if (poll_state.forked && map->ring_buffer) ring_fds.push_back(map->ring_buffer->fd());
    for (const auto& buffer : map->perf_buffers) {
      RETURN_IF_ERROR(buffer->usable());
      for (int fd : poll_state.forked ? buffer->fds() : std::vector<int>()) perf_fds.push_back(fd);
    }
  }
  return poll_state.forked ? poll_state.open_again(perf_fds, ring_fds) : Status{};
}

Result<int> Session::State::poll(bool perf, bool ring, const session::EpollSet& epoll, milliseconds timeout) {
  bpf::PollBudget budget = timeout.count() > 0 ? bpf::PollBudget(Clock::now() + timeout) : bpf::PollBudget();
  RETURN_IF_ERROR(poll_state.require_idle());
  RETURN_IF_ERROR(prepare_to_read());
  session::PollScope scope(poll_state, budget);
  return wait_and_hand_out(perf, ring, epoll, timeout, budget);
}

// Looks before it waits: a busy buffer costs no system call. What came while the time ran out is handed out too, so a
// poll with a timeout of 0 gives what is there. Records that the program discarded end it too: a caller that polls
// without a timeout gets to do what else it has to do.
Result<int> Session::State::wait_and_hand_out(bool perf, bool ring, const session::EpollSet& epoll,
                                              milliseconds timeout, bpf::PollBudget& budget) {
  bool forever = timeout.count() < 0;
  Clock::time_point deadline = Clock::now() + (forever ? milliseconds(0) : timeout);
  for (;;) {
    bool late = !forever && Clock::now() >= deadline;
    if (has_data(perf, ring)) {
      int events = hand_out(perf, ring, budget);
      if (budget.has_read() || budget.stopped()) return events;
    }
    tell_lost_events(perf, ring, true);
    if (late || budget.stopped()) return 0;
    int64_t left = std::clamp<int64_t>(std::chrono::ceil<milliseconds>(deadline - Clock::now()).count(), 0, INT32_MAX);
    int limit = forever ? -1 : static_cast<int>(left);
    bool busy = budget.take_busy();
    int busy_pause = forever ? kBusyPauseMs : std::min(limit, kBusyPauseMs);
    RETURN_IF_ERROR(busy ? session::EpollSet::pause(busy_pause) : epoll.wait(limit));
  }
}

Result<int> Session::State::consume(bool perf, bool ring) {
  bpf::PollBudget budget;
  RETURN_IF_ERROR(poll_state.require_idle());
  RETURN_IF_ERROR(prepare_to_read());
  session::PollScope scope(poll_state, budget);
  int events = hand_out(perf, ring, budget);
  if (!budget.stopped()) tell_lost_events(perf, ring, true);
  return events;
}

Result<int> Session::poll(milliseconds timeout) { return state_->poll(true, true, state_->poll_state.any, timeout); }
Result<int> Session::poll_perf_buffers(milliseconds timeout) {
  return state_->poll(true, false, state_->poll_state.perf, timeout);
}
Result<int> Session::poll_ring_buffers(milliseconds timeout) {
  return state_->poll(false, true, state_->poll_state.ring, timeout);
}
Result<int> Session::consume_perf_buffers() { return state_->consume(true, false); }
Result<int> Session::consume_ring_buffers() { return state_->consume(false, true); }

bool Session::found_records() const { return state_->poll_state.found_records; }

void Session::end_poll() {
  if (state_->poll_state.budget) state_->poll_state.budget->stop();
}

}  // namespace sonde
