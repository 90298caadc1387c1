#include "base/standard_output.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/file.h"

namespace sonde::base {
namespace {

std::atomic<int> g_error = 0;  // of the first write that failed
std::atomic<bool> g_used = false;

// Opened for what nobody does with it, as gnulib's stdopen() has it.
void occupy(int descriptor) {
  if (::fcntl(descriptor, F_GETFD) >= 0) return;
  int fd = ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  if (fd < 0) fd = ::open("/", O_PATH);  // where there is no /dev
  if (fd < 0 || fd == descriptor) return;
  ::dup2(fd, descriptor);
  ::close(fd);
}

}  // namespace

void prepare_standard_descriptors() {
  for (int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) occupy(descriptor);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_UNBLOCK, &broken_pipe, nullptr);
}

void put(std::string_view text) {
  if (text.empty() || g_error != 0) return;
  g_used = true;
  Status written = write_all(STDOUT_FILENO, text, "standard output");
  if (!written) g_error = written.error().code;
}

bool standard_output_failed() { return g_error != 0; }

int finish_standard_output(std::string_view name, int status) {
  if (g_used && g_error == 0) {
    int copy = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);  // closing one tells what NFS and quotas did not tell before
    if (copy >= 0 && ::close(copy) != 0 && errno != EINTR) g_error = errno;
  }
  if (g_error == 0) return status;
  if (g_error != EPIPE) {
    std::fprintf(stderr, "%.*s: error: cannot write standard output: %s\n", static_cast<int>(name.size()), name.data(),
                 std::strerror(g_error));
  }
  return status == 0 ? 1 : status;
}

}  // namespace sonde::base
