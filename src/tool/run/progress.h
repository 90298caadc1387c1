// How far a run with a duration is: a line on standard error that replaces itself, on a terminal alone.
#pragma once

#include <chrono>
#include <optional>

namespace sonde::tool {

class Progress {
 public:
  // Nothing is shown without a duration, in seconds, or where standard error is no terminal.
  explicit Progress(std::optional<double> duration);
  ~Progress() { clear(); }

  void begin();
  void show();   // as often as one likes
  void clear();  // before something else is written

 private:
  using Clock = std::chrono::steady_clock;

  double duration_ = 0;  // 0: nothing is shown
  Clock::time_point begun_;
  long shown_ = -1;  // seconds
};

}  // namespace sonde::tool
