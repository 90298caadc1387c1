// When a run ends: at a signal, or when its time is over.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace sonde::frame {

// Tells a signal that repeats the request to stop from one that insists on it. timeout(1) signals the process and then
// its process
// group, a hangup comes from the shell and from the kernel, and people press Ctrl-C twice: what follows the first
// signal within
// a second is the same request, and must not cost the report. Safe to use in a signal handler.
class StopRequests {
 public:
  enum class Meaning { kAsks, kRepeats, kInsists };
  static constexpr int64_t kPatienceNs = 1'000'000'000;

  Meaning note(int64_t now_ns);  // of a monotonic clock
  bool any() const { return first_ns_.load(std::memory_order_relaxed) != kNone; }

 private:
  static constexpr int64_t kNone = INT64_MIN;
  std::atomic<int64_t> first_ns_ = kNone;
};

class Stop {
 public:
  // From now on SIGINT, SIGTERM and SIGHUP end the run after its last report; a signal that insists ends the process
  // at once, and
  // `name` says on standard error what was not printed.
  Stop(std::optional<double> seconds, const std::string& name);

  bool reached() const;
  bool asked() const;  // by a signal
  // Until the end, but at most `step`.
  std::chrono::milliseconds next(std::chrono::milliseconds step) const;
  // What is lost from now on if the process ends at once: "the last report was not printed".
  void would_lose(const std::string& what);

 private:
  std::string name_;
  std::optional<std::chrono::steady_clock::time_point> end_;
};

}  // namespace sonde::frame
