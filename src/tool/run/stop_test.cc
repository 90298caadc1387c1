// A repeated signal does not cost the report; one that insists ends the process.
#include "tool/run/stop.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sonde::tool {
namespace {

using Meaning = StopRequests::Meaning;
constexpr int64_t kMs = 1'000'000, kSecond = 1000 * kMs;

TEST(StopRequests, TheFirstAsks) {
  StopRequests requests;
  EXPECT_FALSE(requests.any());
  EXPECT_EQ(requests.note(0), Meaning::kAsks);  // a clock may be at 0
  EXPECT_TRUE(requests.any());
}

TEST(StopRequests, WithinASecondItIsTheSameRequest) {
  StopRequests requests;
  requests.note(5 * kSecond);
  for (int64_t after : {int64_t{0}, int64_t{1}, kMs, 300 * kMs, kSecond - 1})
    EXPECT_EQ(requests.note(5 * kSecond + after), Meaning::kRepeats);
}

TEST(StopRequests, FromASecondOnItInsists) {
  StopRequests requests;
  requests.note(5 * kSecond);
  requests.note(5 * kSecond + 900 * kMs);  // does not begin the second anew
  EXPECT_EQ(requests.note(6 * kSecond), Meaning::kInsists);
  EXPECT_EQ(requests.note(60 * kSecond), Meaning::kInsists);
}

// Runs `run` in a process of its own, which must not return; its wait status and what it wrote to standard error.
template <typename Run>
std::pair<int, std::string> in_child(Run run) {
  int error[2];
  if (::pipe(error) != 0) return {};
  pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(error[1], STDERR_FILENO);
    run();
    ::_exit(0);
  }
  ::close(error[1]);
  std::string said;
  char buffer[512];
  for (ssize_t size; (size = ::read(error[0], buffer, sizeof buffer)) > 0;)
    said.append(buffer, static_cast<size_t>(size));
  ::close(error[0]);
  int status = -1;
  ::waitpid(pid, &status, 0);
  return {status, said};
}

TEST(SignalStop, ManySignalsAtOnceAreOneRequest) {
  auto [status, said] = in_child([] {
    SignalStop stop(std::nullopt, "tool");
    for (int i = 0; i < 50; ++i) {
      for (int signal : {SIGINT, SIGTERM, SIGHUP}) ::raise(signal);
    }
    ::_exit(stop.reached() && stop.asked() ? 7 : 1);
  });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(said, "");
}

TEST(SignalStop, OneThatInsistsEndsTheProcessAndSaysWhatIsLost) {
  auto [status, said] = in_child([] {
    SignalStop stop(std::nullopt, "tool");
    ::raise(SIGINT);
    stop.would_lose("the last report was not printed");
    ::usleep(StopRequests::kPatienceNs / 1000 + 1000);
    ::raise(SIGTERM);
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
  EXPECT_EQ(said, "\ntool: interrupted: the last report was not printed\n");
}

TEST(SignalStop, TheEndOfTheTimeIsNoRequest) {
  auto [status, said] = in_child([] {
    SignalStop stop(0.0, "tool");
    bool before = stop.reached() && !stop.asked();
    ::raise(SIGTERM);  // during the report
    ::_exit(before ? 7 : 1);
  });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(SignalStop, NohupStaysInForce) {
  auto [status, said] = in_child([] {
    ::signal(SIGHUP, SIG_IGN);
    SignalStop stop(std::nullopt, "tool");
    ::raise(SIGHUP);
    ::_exit(stop.reached() ? 1 : 7);
  });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

}  // namespace
}  // namespace sonde::tool
