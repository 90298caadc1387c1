// A confined child process: an unprivileged user, nothing inherited but a socket and a pipe for what it says, limits on
// memory and time, and an end that comes with ours.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::base {

// Half of the machine, within 1 and 4 GiB: enough for any sane work, and a child gone wild does not take the others'
// memory.
uint64_t generous_memory();

struct ChildOptions {
  std::vector<std::string> arguments;    // with argv[0]
  std::vector<std::string> environment;  // all of it
  uint64_t address_space = 4ull << 30;
  uint64_t cpu_seconds = 0;  // 0: no limit
  // Not our child but init's: it lives on when the thread that started it ends, and may end itself without leaving a
  // zombie or a SIGCHLD to anyone here. How it ended is then not known, and it must notice by itself when its socket is
  // closed.
  bool detached = false;
};

inline constexpr int kChildSocket = 3;  // the child's end of the socket pair

class ChildProcess {
 public:
  // `socket` becomes the child's kChildSocket, `output` its standard output and error. As root the child becomes
  // nobody. Safe in a process with threads; the caller waits until the child runs the executable.
  static Result<ChildProcess> start(int executable, const ChildOptions& options, int socket, int output);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  // kills what still runs, and reaps it

  struct End {
    bool known = false;  // false: detached, or someone else in this process reaped it
    bool by_signal = false;
    int code = 0;  // the signal, or the exit status
  };
  // Killed when it does not end in time.
  End wait(std::chrono::milliseconds limit);

  pid_t pid() const { return pid_; }
  // Forgets it: in a process that was forked meanwhile, it is another's.
  void release();

 private:
  ChildProcess(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  void kill();
  pid_t pid_ = -1;  // -1: reaped
  Fd pidfd_;
};

// In words: "died of SIGSEGV (Segmentation fault)", "ended with status 3".
std::string describe(const ChildProcess::End& end);

}  // namespace sonde::base
