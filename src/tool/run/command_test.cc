// A command begins when it may, and not before.
#include "tool/run/command.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sonde::tool {
namespace {

using std::chrono::milliseconds;

std::string mark() {
  return (std::filesystem::temp_directory_path() / ("sonde-command-" + std::to_string(::getpid()))).string();
}

void wait_for_end(Command& command) {
  for (int i = 0; i < 1000 && !command.has_ended(); ++i) std::this_thread::sleep_for(milliseconds(10));
}

TEST(Command, WaitsUntilItMayBegin) {
  std::filesystem::remove(mark());
  Result<Command> command = Command::prepare({"touch", mark()});
  ASSERT_TRUE(command);
  EXPECT_EQ(::kill(command->pid(), 0), 0);
  EXPECT_FALSE(command->has_ended());
  EXPECT_FALSE(std::filesystem::exists(mark()));
  command->go();
  wait_for_end(*command);
  EXPECT_TRUE(command->has_ended());
  EXPECT_TRUE(std::filesystem::remove(mark()));
}

TEST(Command, OneThatNeverMayBeginIsGone) {
  std::filesystem::remove(mark());
  pid_t pid = -1;
  {
    Result<Command> command = Command::prepare({"touch", mark()});
    ASSERT_TRUE(command);
    pid = command->pid();
  }
  EXPECT_NE(::kill(pid, 0), 0);
  EXPECT_FALSE(std::filesystem::exists(mark()));
}

int status_of(const std::vector<std::string>& words) {
  Result<Command> command = Command::prepare(words);
  if (!command) return -1;
  EXPECT_EQ(command->exit_status(), std::nullopt);
  command->go();
  wait_for_end(*command);
  EXPECT_EQ(command->exit_status(), command->exit_status());  // asked for twice
  return command->exit_status().value_or(-2);
}

TEST(Command, ItsExitStatusIsTheShells) {
  EXPECT_EQ(status_of({"true"}), 0);
  EXPECT_EQ(status_of({"sh", "-c", "exit 3"}), 3);
  EXPECT_EQ(status_of({"sh", "-c", "kill -TERM $$"}), kCommandSignalled + SIGTERM);
}

TEST(Command, ItsNumberIsNotGivenAwayBeforeTheEnd) {
  Result<Command> command = Command::prepare({"true"});
  ASSERT_TRUE(command);
  command->go();
  wait_for_end(*command);
  EXPECT_EQ(::kill(command->pid(), 0), 0);
}

// Whether the command was there until its owner went, by what it then left behind.
TEST(Command, OneThatStillRunsIsEndedWithItsOwner) {
  std::filesystem::remove(mark());
  pid_t pid = -1;
  {
    std::string line = "trap 'touch " + mark() + "; exit' TERM; kill -CONT $PPID; while :; do sleep 0.01; done";
    sigset_t continued;
    ::sigemptyset(&continued);
    ::sigaddset(&continued, SIGCONT);
    ::sigprocmask(SIG_BLOCK, &continued, nullptr);
    Result<Command> command = Command::prepare({"sh", "-c", line});
    ASSERT_TRUE(command);
    pid = command->pid();
    command->go();
    timespec patience{30, 0};
    ASSERT_EQ(::sigtimedwait(&continued, nullptr, &patience), SIGCONT);  // the trap is set
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_NE(::kill(pid, 0), 0);
  EXPECT_TRUE(std::filesystem::remove(mark()));
}

TEST(Command, OneThatIgnoresItsEndIsNotWaitedForForever) {
  Result<Command> command = Command::prepare({"sh", "-c", "trap '' TERM; exec sleep 30"});
  ASSERT_TRUE(command);
  pid_t pid = command->pid();
  command->go();
  auto is_asleep = [&] {
    std::error_code none;
    std::string program = std::filesystem::read_symlink(fmt::format("/proc/{}/exe", pid), none).filename();
    return program == "sleep" || program == "coreutils";
  };
  for (int i = 0; i < 3000 && !is_asleep(); ++i) std::this_thread::sleep_for(milliseconds(10));
  {
    Command gone = std::move(*command);
  }
  EXPECT_EQ(::kill(pid, 0), 0);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

TEST(Command, WhatCannotBeRunIsSaidBefore) {
  auto error_of = [](const std::vector<std::string>& words) {
    Result<Command> command = Command::prepare(words);
    return command ? Error{} : command.error();
  };
  EXPECT_EQ(error_of({"/no/such/command"}).kind, ErrorKind::kNotFound);
  EXPECT_EQ(error_of({"/no/such/command"}).what, "cannot run /no/such/command: No such file or directory");
  EXPECT_EQ(error_of({"no-such-command-in-path"}).kind, ErrorKind::kNotFound);
  EXPECT_EQ(error_of({""}).kind, ErrorKind::kNotFound);
  EXPECT_EQ(error_of({"/etc/passwd"}).kind, ErrorKind::kPermission);
  EXPECT_EQ(error_of({"/"}).kind, ErrorKind::kPermission);
}

}  // namespace
}  // namespace sonde::tool
