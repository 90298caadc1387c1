// What a user gives as a number is one, and in its range; a process exists and is no thread.
#include "tool/text/number.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace sonde::tool {
namespace {

std::string error_of(const Result<uint64_t>& number) { return number ? std::to_string(*number) : number.error().what; }

TEST(Number, IsReadAsAWhole) {
  EXPECT_EQ(number_in({0, 100}, "99").value_or(0), 99u);
  EXPECT_EQ(number_in({0, 100}, "0x1f").value_or(0), 31u);
  EXPECT_EQ(number_in({-5, 100}, "-5").value_or(0), static_cast<uint64_t>(-5));
  EXPECT_EQ(number_in({0, 100}, "-0").value_or(1), 0u);
  EXPECT_EQ(number_in({}, "18446744073709551615").value_or(0), UINT64_MAX);
  EXPECT_EQ(number_in({}, "-9223372036854775808").value_or(0), uint64_t{1} << 63);
  for (const char* wrong : {"", "-", "1x", "x", "1.5", "nan", "inf", " 1", "1 ", "+1", "0x", "--1",
                            "18446744073709551616", "-9223372036854775809"}) {
    EXPECT_FALSE(number_in({}, wrong)) << wrong;
  }
}

TEST(Number, OutsideOfItsRangeTheRangeIsNamed) {
  EXPECT_EQ(error_of(number_in({1, 100}, "0")), "0 is not a whole number between 1 and 100");
  EXPECT_EQ(error_of(number_in({1, 100}, "101")), "101 is not a whole number between 1 and 100");
  EXPECT_EQ(error_of(number_in({1, 100}, "-1")), "-1 is not a whole number between 1 and 100");
  EXPECT_EQ(error_of(number_in({-1, 100}, "-2")), "-2 is not a whole number between -1 and 100");
  EXPECT_EQ(error_of(number_in({1, 100}, "1\x1b[2J")), "1\\x1b[2J is not a whole number between 1 and 100");
}

TEST(Number, Seconds) {
  EXPECT_EQ(seconds_of("0.5").value_or(0), 0.5);
  EXPECT_EQ(seconds_of("1e3").value_or(0), 1000);
  for (const char* wrong : {"0", "-1", "nan", "NaN", "inf", "-inf", "1e10", "", "1s", "0x"}) {
    ASSERT_FALSE(seconds_of(wrong)) << wrong;
    EXPECT_EQ(seconds_of(wrong).error().what,
              std::string(wrong) + " is not a number of seconds above 0 and up to 1000000000");
  }
}

TEST(Number, AProcessExists) {
  EXPECT_EQ(process_of(std::to_string(::getpid())).value_or(0), static_cast<uint32_t>(::getpid()));
  EXPECT_EQ(process_of("4000000000").error().what, "there is no process 4000000000");
  EXPECT_EQ(process_of("99999999999").error().what, "there is no process 99999999999");
  EXPECT_EQ(thread_of("4000000000").error().what, "there is no thread 4000000000");
  pid_t ended = ::fork();
  if (ended == 0) ::_exit(0);
  ::waitpid(ended, nullptr, 0);
  EXPECT_EQ(process_of(std::to_string(ended)).error().what, "there is no process " + std::to_string(ended));
  for (const char* wrong : {"0", "-1", "", "init", "1.0"}) {
    EXPECT_EQ(process_of(wrong).error().what, std::string(wrong) + " is not the number of a process");
    EXPECT_EQ(thread_of(wrong).error().what, std::string(wrong) + " is not the number of a thread");
  }
}

TEST(Number, AThreadIsNoProcess) {
  std::promise<pid_t> told;
  std::promise<void> done;
  std::thread thread([&] {
    told.set_value(static_cast<pid_t>(::syscall(SYS_gettid)));
    done.get_future().wait();
  });
  std::string tid = std::to_string(told.get_future().get());
  Result<uint32_t> as_process = process_of(tid), as_thread = thread_of(tid);
  done.set_value();
  thread.join();
  ASSERT_FALSE(as_process);
  EXPECT_EQ(as_process.error().what.find(tid + " is a thread of process " + std::to_string(::getpid()) + " ("), 0u);
  EXPECT_NE(as_process.error().hint.find("give " + std::to_string(::getpid())), std::string::npos);
  EXPECT_EQ(as_thread.value_or(0), static_cast<uint32_t>(std::stoul(tid)));
}

}  // namespace
}  // namespace sonde::tool
