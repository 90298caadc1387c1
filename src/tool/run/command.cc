#include "tool/run/command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/open_files.h"

namespace sonde::tool {
namespace {

constexpr int kEndingMs = 1000, kStepMs = 5;  // for a command that is told to end

constexpr const char* kDefaultPath = "/bin:/usr/bin";  // execvp(3) without $PATH

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
  int code = errno;
  std::fprintf(stderr, "cannot run %s: %s\n", arguments[0], std::strerror(code));
  ::_exit(code == ENOENT ? kCommandNotFound : kCommandNotExecutable);
}

int error_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return errno;
  return S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0 ? 0 : EACCES;
}

// What execvp(3) would fail with, 0 if it would not. Asked for before anything is loaded: a mistyped name costs no
// time.
int error_of_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return error_of(name);
  const char* path = std::getenv("PATH");
  int error = ENOENT;
  for (std::string_view rest = path ? path : kDefaultPath; !name.empty();) {
    size_t end = std::min(rest.find(':'), rest.size());
    std::string directory(rest.substr(0, end));
    int found = error_of(directory.empty() ? name : directory + "/" + name);
    if (found == 0) return 0;
    if (found == EACCES) error = EACCES;
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  return error;
}

}  // namespace

Result<Command> Command::prepare(const std::vector<std::string>& words) {
  if (int error = error_of_program(words[0])) {
    return base::fail(error == EACCES ? ErrorKind::kPermission : ErrorKind::kNotFound,
                      fmt::format("cannot run {}: {}", words[0], std::strerror(error)),
                      "--exec takes a program and its arguments; a line for the shell is --exec sh -c 'LINE'");
  }
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
    : pid_(std::exchange(other.pid_, -1)), gate_(std::exchange(other.gate_, -1)), exit_status_(other.exit_status_) {}

// The process of a command that has ended is waited for here and not before: its number, by which it is traced, is no
// other process's.
Command::~Command() {
  if (pid_ < 0) return;
  bool never_began = gate_ >= 0;
  if (never_began) ::close(gate_);
  else end();
  ::waitpid(pid_, nullptr, never_began ? 0 : WNOHANG);
}

// One that does not end by the signal, or takes its time, is not waited for: nobody could end the tool then.
void Command::end() {
  if (has_ended()) return;
  ::kill(pid_, SIGTERM);
  for (int waited_ms = 0; waited_ms < kEndingMs && !has_ended(); waited_ms += kStepMs) ::usleep(kStepMs * 1000);
}

void Command::go() {
  (void)!::write(gate_, "g", 1);
  ::close(std::exchange(gate_, -1));
}

bool Command::has_ended() { return exit_status().has_value(); }

std::optional<int> Command::exit_status() {
  siginfo_t ended{};
  bool asks = !exit_status_ && ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0;
  if (asks && ended.si_pid == pid_) {
    exit_status_ = ended.si_code == CLD_EXITED ? ended.si_status : kCommandSignalled + ended.si_status;
  }
  return exit_status_;
}

}  // namespace sonde::tool
