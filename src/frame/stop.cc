// When to stop.
#include "frame/stop.h"

#include <signal.h>

#include <algorithm>

namespace sonde::frame {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

volatile sig_atomic_t g_asked = 0;

void ask(int) { g_asked = 1; }

}  // namespace

Stop::Stop(std::optional<double> seconds) {
  struct sigaction action {};
  action.sa_handler = ask;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    if (signal == SIGHUP && before.sa_handler == SIG_IGN) continue;  // nohup
    ::sigaction(signal, &action, nullptr);
  }
  if (seconds) end_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(*seconds));
}

bool Stop::reached() const { return g_asked || (end_ && Clock::now() >= *end_); }

milliseconds Stop::next(milliseconds step) const {
  if (!end_) return step;
  return std::clamp(std::chrono::ceil<milliseconds>(*end_ - Clock::now()), milliseconds(0), step);
}

}  // namespace sonde::frame
