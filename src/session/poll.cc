// Session: waiting for events and handing them out, within a limit of time however fast they come.
#include <algorithm>
#include <cerrno>

#include "session/session_state.h"

namespace sonde {
namespace {

using Clock = bpf::Turn::Clock;
using std::chrono::milliseconds;

}  // namespace

// Hands out what is there. The buffers that have something take turns at being first: time may be over after that one.
int Session::State::hand_out(bool perf, bool ring, bpf::Turn& turn) {
  std::vector<Map::State*> ready;
  for (const auto& map : maps) {
    if (map->has_data(perf, ring)) ready.push_back(map.get());
  }
  int events = 0;
  for (size_t i = 0, first = first_map++; i < ready.size() && !turn.stopped(); i++) {
    Map::State& map = *ready[(first + i) % ready.size()];
    if (perf && map.perf_buffer) events += map.perf_buffer->consume(turn);
    if (ring && map.ring_buffer) events += map.ring_buffer->consume(turn);
  }
  if (!turn.stopped()) tell_lost_events(perf, ring, false);
  return events;
}

void Session::State::tell_lost_events(bool perf, bool ring, bool idle) {
  for (const auto& map : maps) map->tell_lost_events(perf, ring, idle);
}

bool Session::State::has_data(bool perf, bool ring) const {
  return std::any_of(maps.begin(), maps.end(), [&](const auto& map) { return map->has_data(perf, ring); });
}

Result<int> Session::State::poll(bool perf, bool ring, const session::Waiter& waiter, milliseconds timeout) {
  bpf::Turn turn = timeout.count() > 0 ? bpf::Turn(Clock::now() + timeout) : bpf::Turn();
  RETURN_IF_ERROR(polling.require_idle());
  session::PollScope scope(polling, turn);
  return wait_and_hand_out(perf, ring, waiter, timeout, turn);
}

// Looks before it waits: a busy buffer costs no system call. What came while the time ran out is handed out too, so a
// poll with a timeout of 0 gives what is there.
Result<int> Session::State::wait_and_hand_out(bool perf, bool ring, const session::Waiter& waiter, milliseconds timeout,
                                              bpf::Turn& turn) {
  bool forever = timeout.count() < 0;
  Clock::time_point deadline = Clock::now() + (forever ? milliseconds(0) : timeout);
  for (;;) {
    bool late = !forever && Clock::now() >= deadline;
    if (has_data(perf, ring)) {
      int events = hand_out(perf, ring, turn);
      if (events > 0 || turn.stopped()) return events;
    }
    tell_lost_events(perf, ring, true);
    if (late || turn.stopped()) return 0;
    auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    ASSIGN_OR_RETURN(bool came, waiter.wait(forever ? -1 : static_cast<int>(std::clamp<int64_t>(left, 0, INT32_MAX))));
    (void)came;
  }
}

Result<int> Session::State::consume(bool perf, bool ring) {
  bpf::Turn turn;
  RETURN_IF_ERROR(polling.require_idle());
  session::PollScope scope(polling, turn);
  int events = hand_out(perf, ring, turn);
  if (!turn.stopped()) tell_lost_events(perf, ring, true);
  return events;
}

Result<int> Session::poll(milliseconds timeout) { return state_->poll(true, true, state_->polling.any, timeout); }
Result<int> Session::poll_perf_buffers(milliseconds timeout) { return state_->poll(true, false, state_->polling.perf, timeout); }
Result<int> Session::poll_ring_buffers(milliseconds timeout) { return state_->poll(false, true, state_->polling.ring, timeout); }
Result<int> Session::consume_perf_buffers() { return state_->consume(true, false); }
Result<int> Session::consume_ring_buffers() { return state_->consume(false, true); }

void Session::end_poll() {
  if (state_->polling.turn) state_->polling.turn->stop();
}

}  // namespace sonde
