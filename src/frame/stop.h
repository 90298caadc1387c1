// When to stop: a signal asked for it, or the time is over.
#pragma once

#include <chrono>
#include <optional>

namespace sonde::frame {

class Stop {
 public:
  // From now on SIGINT, SIGTERM and SIGHUP end the run in good order; the same again ends it at once.
  explicit Stop(std::optional<double> seconds);

  bool reached() const;
  // Until the end, but at most `step`.
  std::chrono::milliseconds next(std::chrono::milliseconds step) const;

 private:
  std::optional<std::chrono::steady_clock::time_point> end_;
};

}  // namespace sonde::frame
