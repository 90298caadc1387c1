// Running a command.
#include "frame/command.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/open_files.h"

namespace sonde::frame {
namespace {

constexpr int kCannotRun = 127;

[[noreturn]] void become(const std::vector<std::string>& words, int gate) {
  char go = 0;
  while (::read(gate, &go, 1) < 0 && errno == EINTR) {
  }
  if (!go) ::_exit(0);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  base::restore_open_file_limit();
  ::execvp(arguments[0], arguments.data());
  std::fprintf(stderr, "cannot run %s: %s\n", arguments[0], std::strerror(errno));
  ::_exit(kCannotRun);
}

}  // namespace

Result<Command> Command::prepare(const std::vector<std::string>& words) {
  int gate[2];
  if (::pipe2(gate, O_CLOEXEC) != 0) return base::fail_errno(errno, "cannot make a pipe for the command");
  pid_t pid = ::fork();
  if (pid == 0) {
    ::close(gate[1]);
    become(words, gate[0]);
  }
  ::close(gate[0]);
  if (pid > 0) return Command(pid, gate[1]);
  int code = errno;
  ::close(gate[1]);
  return base::fail_errno(code, "cannot start a process for the command");
}

Command::Command(Command&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), gate_(std::exchange(other.gate_, -1)), has_ended_(other.has_ended_) {}

Command::~Command() {
  if (gate_ < 0) return;
  ::close(gate_);
  ::waitpid(pid_, nullptr, 0);
}

void Command::go() {
  (void)!::write(gate_, "g", 1);
  ::close(std::exchange(gate_, -1));
}

bool Command::has_ended() {
  if (!has_ended_) has_ended_ = ::waitpid(pid_, nullptr, WNOHANG) == pid_;
  return has_ended_;
}

}  // namespace sonde::frame
