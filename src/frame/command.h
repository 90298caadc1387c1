// A command that is traced from its first instruction to its end.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace sonde::frame {

class Command {
 public:
  // A process that waits for go() before it becomes the command: it can be traced before it does anything.
  static Result<Command> prepare(const std::vector<std::string>& words);
  Command(Command&& other) noexcept;
  Command& operator=(Command&&) = delete;
  ~Command();  // what has not begun never will

  pid_t pid() const { return pid_; }
  void go();
  bool has_ended();

 private:
  Command(pid_t pid, int gate) : pid_(pid), gate_(gate) {}

  pid_t pid_;
  int gate_;  // the end of a pipe at whose other end the process waits; -1: it has begun
  bool has_ended_ = false;
};

}  // namespace sonde::frame
