// A program for tests to probe: compiled by them, running, and making as many calls as it is told to.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "base/directory_test.h"
#include "base/fd.h"
#include "base/result.h"

namespace sonde::session {

// For each line "N" on standard input it calls probed() N times, and then writes a byte.
inline constexpr const char* kTargetSource = R"(
#include <stdio.h>
#include <unistd.h>
#include <stdlib.h>
__attribute__((noinline)) int probed(int value) { __asm__ volatile("nop; nop" ::: "memory"); return value + 1; }
__attribute__((noinline)) int other(int value) { __asm__ volatile("nop" ::: "memory"); return value + 2; }
int main(void) {
  char line[32];
  while (fgets(line, sizeof line, stdin)) {
    int count = atoi(line);
    for (int i = 0; i < count; i++) probed(i) + other(i);
    if (write(1, "+", 1) != 1) return 1;
  }
  return 0;
}
)";

class TestDirectory : public base::TestDirectory {
 public:
  // Compiles `source` with the options to the file `name`; gives its path.
  std::string compile(const std::string& name, const std::string& options, const std::string& source = kTargetSource,
                      const char* suffix = ".c") const {
    std::ofstream(*this / (name + suffix)) << source;
    run(fmt::format("{} -g -O1 -o {} {} {}", std::string_view(suffix) == ".c" ? "gcc" : "g++", *this / name,
                    *this / (name + suffix), options));
    return *this / name;
  }
  void run(const std::string& command) const { EXPECT_EQ(std::system(command.c_str()), 0) << command; }
};

class Target {
 public:
  // `prepare` runs in the child before the program starts.
  explicit Target(const std::string& path, const std::function<void()>& prepare = [] {}) {
    int in[2], out[2];
    EXPECT_EQ(::pipe2(in, O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(out, O_CLOEXEC), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      prepare();
      ::execl(path.c_str(), path.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    in_.reset(in[1]);
    out_.reset(out[0]);
    calls(0);  // it runs
  }
  ~Target() {
    in_.reset();
    if (pid_ > 0) ::waitpid(pid_, &status_, 0);
  }

  void calls(int count) {
    std::string line = fmt::format("{}\n", count);
    char answer = 0;
    EXPECT_EQ(::write(in_.get(), line.data(), line.size()), static_cast<ssize_t>(line.size()));
    EXPECT_EQ(::read(out_.get(), &answer, 1), 1);
    EXPECT_EQ(answer, '+');
  }
  int pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int status_ = 0;
  base::Fd in_, out_;
};

}  // namespace sonde::session
