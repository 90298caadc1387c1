// Work done in a child process, with what it has to say.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "base/fd.h"
#include "base/file.h"

namespace sonde::session {

inline std::string said_by_child(const std::function<std::string()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  base::Fd reader(ends[0]), writer(ends[1]);
  pid_t child = ::fork();
  if (child == 0) {
    reader.reset();
    std::string words = work();
    (void)base::write_all(writer.get(), words, "pipe");
    ::_exit(0);
  }
  writer.reset();
  auto words = base::read_all(reader.get(), "pipe");
  ::waitpid(child, nullptr, 0);
  return words ? *words : words.error().what;
}

// A child that does `work` and is then killed with kill -9, after `meanwhile` has run here.
inline pid_t killed_after(const std::function<bool()>& work, const std::function<void()>& meanwhile = [] {}) {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  base::Fd reader(ends[0]), writer(ends[1]);
  pid_t child = ::fork();
  if (child == 0) {
    char done = work() ? 'y' : 'n';
    (void)!::write(writer.get(), &done, 1);
    for (;;) ::pause();
  }
  char done = 0;
  bool worked = ::read(reader.get(), &done, 1) == 1 && done == 'y';
  meanwhile();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  return worked ? child : -1;
}

}  // namespace sonde::session
