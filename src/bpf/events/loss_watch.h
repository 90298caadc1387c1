// When it is worth asking the kernel whether a buffer lost events: after it was seen full, and else now and then.
#pragma once

#include <chrono>
#include <cstdint>

namespace sonde::bpf {

class LossWatch {
 public:
  using Clock = std::chrono::steady_clock;

  // Before room is given back: `used` of the ring's `size` bytes were taken until now. What finds no room finds the
  // ring more than half full, unless it is larger than half of it: that comes out now and then.
  void saw(uint64_t used, uint64_t size) { full_ |= used > size / 2; }

  // `idle`: there is time to ask, as all events were read.
  bool due(Clock::time_point now, bool idle) {
    if (now < next_ && !(idle && full_)) return false;
    full_ = false;
    next_ = now + std::chrono::seconds(1);
    return true;
  }

 private:
  bool full_ = false;
  Clock::time_point next_{};
};

}  // namespace sonde::bpf
