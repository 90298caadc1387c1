// How long a poll may go on reading events. The clock is read often enough for slow callbacks to end near the deadline,
// and seldom enough to cost fast ones nothing.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace sonde::bpf {

class PollBudget {
 public:
  using Clock = std::chrono::steady_clock;

  // One without a deadline ends with the data that was there when it began.
  PollBudget() = default;
  explicit PollBudget(Clock::time_point deadline) : deadline_(deadline), bounded_(true), last_look_(Clock::now()) {}

  // Called after each event: whether to stop.
  bool over() {
    if (stopped_) return true;
    if (!bounded_ || --until_look_ > 0) return false;
    return look();
  }
  void stop() { stopped_ = true; }
  // Told by the buffers: records were taken, be it some that hold no event; another process was reading.
  void note_read() { has_read_ = true; }
  void note_busy() { was_busy_ = true; }
  bool has_read() const { return has_read_; }
  bool take_busy() { return std::exchange(was_busy_, false); }
  bool stopped() const { return stopped_; }

 private:
  static constexpr uint32_t kMaxStride = 64;

  // A look costs some 25 ns. Callbacks that are fast now may be slow next: of those in Python, at 300 ns each, at most
  // eight are called until the next look.
  bool look() {
    Clock::time_point now = Clock::now();
    bool fast = now - last_look_ < std::chrono::nanoseconds(1500);
    stride_ = fast ? std::min(stride_ * 2, kMaxStride) : std::max(stride_ / 8, 1u);
    until_look_ = stride_;
    last_look_ = now;
    stopped_ = now >= deadline_;
    return stopped_;
  }

  Clock::time_point deadline_{};
  bool bounded_ = false;
  bool stopped_ = false;
  bool has_read_ = false;
  bool was_busy_ = false;
  uint32_t stride_ = 1;
  uint32_t until_look_ = 1;
  Clock::time_point last_look_{};
};

}  // namespace sonde::bpf
