// A process and the children that it forks share buffers of events and probes.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "kernel/needs_test.h"
#include "session/state/loaded_test.h"

namespace sonde::session {
namespace {

using bpf::make_watched_calls;
using bpf::test_program;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr const char* kPlace = "syscalls:sys_enter_getpriority";

const std::string kPerf = R"(
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __type(key, u32); __type(value, u32); } events SEC(".maps");
SEC("sonde/hit") int hit(struct sys_enter *ctx) {
  u64 number = ctx->args[1];
  if (WATCHED(ctx)) bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &number, sizeof number);
  return 0;
})";

const std::string kRing = R"(
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } events SEC(".maps");
SEC("sonde/hit") int hit(struct sys_enter *ctx) {
  u64 number = ctx->args[1];
  if (WATCHED(ctx)) bpf_ringbuf_output(&events, &number, sizeof number, 0);
  return 0;
})";

// Runs `work` in a child, which ends with status 0 if it gave true.
template <typename Work>
pid_t fork_child(Work work) {
  pid_t child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  return child;
}

bool succeeded(pid_t child) {
  int status = -1;
  return ::waitpid(child, &status, 0) == child && status == 0;
}

class Forking : public ::testing::TestWithParam<const std::string*> {
 protected:
  void SetUp() override {
    if (GetParam() == &kRing) NEEDS("ringbuf");
    auto loaded = load_test(*GetParam(), {test_program("hit", "tracepoint", kPlace)});
    ASSERT_TRUE(loaded) << loaded.error().what;
    session_.emplace(std::move(*loaded));
    ASSERT_TRUE(session_->attach_all());
    Map events = *session_->map("events");
    Status opened = GetParam() == &kRing
                        ? events.open_ring_buffer([this](const void*, uint32_t) { return on_event(), 0; })
                        : events.open_perf_buffer([this](int, const void*, uint32_t) { on_event(); });
    ASSERT_TRUE(opened) << opened.error().what;
  }
  void on_event() {
    seen_++;
    if (in_callback_) in_callback_();
  }
  bool poll_until(int count) {
    auto end = Clock::now() + std::chrono::seconds(30);
    while (seen_ < count && Clock::now() < end) {
      if (!session_->poll(milliseconds(50))) return false;
    }
    return seen_ == count;
  }

  std::optional<Session> session_;
  std::function<void()> in_callback_;
  int seen_ = 0;
};

TEST_P(Forking, AChildReadsWhatItsParentOpened) {
  pid_t child = fork_child([&] { return poll_until(23); });
  make_watched_calls(23);
  EXPECT_TRUE(succeeded(child));
  EXPECT_EQ(*session_->poll(milliseconds(0)), 0);
}

// A ring that nobody has mapped takes no events: the parent lets go when the child has mapped it, which it has when
// fork() returns there.
TEST_P(Forking, AChildReadsOnWhenItsParentHasLetGo) {
  int forked[2];
  ASSERT_EQ(::pipe(forked), 0);
  pid_t child = fork_child([&] { return ::write(forked[1], "", 1) == 1 && poll_until(7); });
  char ready;
  ASSERT_EQ(::read(forked[0], &ready, 1), 1);
  session_.reset();
  make_watched_calls(7);
  EXPECT_TRUE(succeeded(child));
}

TEST_P(Forking, AChildThatEndsItsSessionLeavesItsParents) {
  EXPECT_TRUE(succeeded(fork_child([&] { return session_.reset(), true; })));
  make_watched_calls(3);
  EXPECT_TRUE(poll_until(3));
}

TEST_P(Forking, ACallbackMayFork) {
  pid_t child = -1;
  in_callback_ = [&] {
    if (seen_ == 2 && child < 0) child = ::fork();
  };
  make_watched_calls(5);
  bool polled = session_->poll(milliseconds(1000)).has_value();
  if (child == 0) ::_exit(polled && seen_ == 2 ? 0 : 1);
  EXPECT_TRUE(succeeded(child));
  EXPECT_TRUE(poll_until(5));
}

// Both read all the time. The child's exit status has room for its count modulo a prime.
TEST_P(Forking, EachRecordGoesToOneReader) {
  constexpr int kRounds = 100, kCalls = 20;
  int done[2];
  ASSERT_EQ(::pipe(done), 0);
  pid_t child = fork_child([&] {
    ::close(done[1]);
    pollfd parent_is_done{done[0], POLLIN, 0};
    while (::poll(&parent_is_done, 1, 0) == 0) (void)session_->poll(milliseconds(1));
    (void)session_->poll(milliseconds(0));
    ::_exit(seen_ % 251);
    return true;
  });
  ::close(done[0]);
  for (int i = 0; i < kRounds; i++) {
    make_watched_calls(kCalls);
    ASSERT_TRUE(session_->poll(milliseconds(0)));
  }
  ::close(done[1]);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  (void)session_->poll(milliseconds(0));
  EXPECT_EQ((seen_ + WEXITSTATUS(status)) % 251, kRounds * kCalls % 251);
}

INSTANTIATE_TEST_SUITE_P(Buffers, Forking, ::testing::Values(&kPerf, &kRing),
                         [](const auto& info) { return info.param == &kPerf ? "Perf" : "Ring"; });

}  // namespace
}  // namespace sonde::session
