// A command that is traced from its first instruction to its end, and ends with the tool at the latest.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace sonde::tool {

// As the shell and env(1) have it.
inline constexpr int kCommandNotExecutable = 126, kCommandNotFound = 127, kCommandSignalled = 128;

class Command {
 public:
  // A process that waits for go() before it becomes the command: it can be traced before it does anything.
  // kNotFound, kPermission: there is no such program, or it cannot be executed.
  static Result<Command> prepare(const std::vector<std::string>& words);
  Command(Command&& other) noexcept;
  Command& operator=(Command&&) = delete;
  ~Command();  // a command that has not begun never will; one that still runs gets SIGTERM

  pid_t pid() const { return pid_; }
  void go();
  bool has_ended();
  // As the shell has it: 128 and the signal's number for a command that a signal ended; nullopt: it still runs.
  std::optional<int> exit_status();

 private:
  Command(pid_t pid, int gate) : pid_(pid), gate_(gate) {}
  void end();

  pid_t pid_;
  int gate_;  // the end of a pipe at whose other end the process waits; -1: it has begun
  std::optional<int> exit_status_;
};

}  // namespace sonde::tool
