// When a run ends: when its time is over, at a signal, or when the program that runs it says so.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace sonde::tool {

// Tells a signal that repeats the request to stop from one that insists on it. timeout(1) signals the process and then
// its process group, a hangup comes from the shell and from the kernel, and people press Ctrl-C twice: what follows the
// first signal within a second is the same request, and must not cost the report. Safe to use in a signal handler.
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
  explicit Stop(std::optional<double> seconds);  // from now on; nullopt: no end
  virtual ~Stop() = default;

  bool reached() const;
  virtual bool asked() const = 0;  // before its time is over
  // Until the end, but at most `step`.
  std::chrono::milliseconds next(std::chrono::milliseconds step) const;
  // What is lost from now on if the process ends at once: "the last report was not printed".
  virtual void would_lose(const std::string& what) { (void)what; }

 private:
  std::optional<std::chrono::steady_clock::time_point> end_;
};

// For a command: from now on SIGINT, SIGTERM and SIGHUP end the run after its last report; a signal that insists ends
// the process at once, and `name` says on standard error what was not printed. Signals are the whole process's: one at
// a time.
class SignalStop : public Stop {
 public:
  SignalStop(std::optional<double> seconds, const std::string& name);

  bool asked() const override;
  void would_lose(const std::string& what) override;

 private:
  std::string name_;
};

// For a process that runs several tools: each ends when another thread asks it to.
class ManualStop : public Stop {
 public:
  ManualStop() : Stop(std::nullopt) {}
  void ask() { asked_ = true; }
  bool asked() const override { return asked_; }

 private:
  std::atomic<bool> asked_ = false;
};

}  // namespace sonde::tool
