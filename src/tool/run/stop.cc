#include "tool/run/stop.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace sonde::tool {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

StopRequests g_requests;

// The line that the handler writes: it cannot make one. Two buffers, so that it never reads one that is being written.
constexpr size_t kMaxLine = 256;
char g_lines[2][kMaxLine];
std::atomic<int> g_line = 0;

int64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// The signal is blocked until its handler returns, and ends the process then: its parent sees which one it was.
void end_at_once(int signal) {
  const char* line = g_lines[g_line.load(std::memory_order_acquire)];
  (void)!::write(STDERR_FILENO, line, ::strnlen(line, kMaxLine));
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void on_signal(int signal) {
  int code = errno;
  if (g_requests.note(monotonic_ns()) == StopRequests::Meaning::kInsists) end_at_once(signal);
  errno = code;
}

// What waits for events is interrupted all the same; a write to a slow reader of the report is not, and loses nothing.
void take_signals() {
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before{};
    ::sigaction(signal, nullptr, &before);
    if (signal == SIGHUP && before.sa_handler == SIG_IGN) continue;  // nohup
    ::sigaction(signal, &action, nullptr);
  }
}

}  // namespace

StopRequests::Meaning StopRequests::note(int64_t now_ns) {
  int64_t first = kNone;
  if (first_ns_.compare_exchange_strong(first, now_ns)) return Meaning::kAsks;
  return now_ns - first < kPatienceNs ? Meaning::kRepeats : Meaning::kInsists;
}

Stop::Stop(std::optional<double> seconds) {
  if (seconds)
    end_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(*seconds));
}

SignalStop::SignalStop(std::optional<double> seconds, const std::string& name) : Stop(seconds), name_(name) {
  SignalStop::would_lose("nothing was traced");
  take_signals();
}

bool SignalStop::asked() const { return g_requests.any(); }

bool Stop::reached() const { return asked() || (end_ && Clock::now() >= *end_); }

milliseconds Stop::next(milliseconds step) const {
  if (!end_) return step;
  return std::clamp(std::chrono::ceil<milliseconds>(*end_ - Clock::now()), milliseconds(0), step);
}

void SignalStop::would_lose(const std::string& what) {
  int other = 1 - g_line.load(std::memory_order_relaxed);
  auto end = fmt::format_to_n(g_lines[other], kMaxLine - 1, "\n{}: interrupted: {}\n", name_, what).out;
  *end = '\0';
  g_line.store(other, std::memory_order_release);
}

}  // namespace sonde::tool
