// A command begins when it may, and not before.
#include "frame/command.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

namespace sonde::frame {
namespace {

using std::chrono::milliseconds;

std::string mark() { return (std::filesystem::temp_directory_path() / ("sonde-command-" + std::to_string(::getpid()))).string(); }

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

TEST(Command, OneThatDoesNotExistEnds) {
  Result<Command> command = Command::prepare({"/no/such/command"});
  ASSERT_TRUE(command);
  command->go();
  wait_for_end(*command);
  EXPECT_TRUE(command->has_ended());
}

}  // namespace
}  // namespace sonde::frame
