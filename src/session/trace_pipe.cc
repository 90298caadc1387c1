// TracePipe: what programs say with bpf_trace_printk, line by line.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/fd.h"
#include "base/file.h"
#include "base/result.h"
#include "kernel/tracefs.h"
#include "sonde/session.h"

namespace sonde {
namespace {

// The kernel ends the file when someone turns tracing off; it goes on when it is turned on again.
Status wait_a_moment() {
  timespec moment{0, 100'000'000};
  if (::nanosleep(&moment, nullptr) != 0) return base::fail_errno(errno, "interrupted while reading the trace pipe");
  return {};
}

bool has_open(const std::filesystem::path& process, const struct stat& file, const std::string& but) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(process / "fd", ignored)) {
    if (entry.path().filename() == but) continue;
    struct stat info{};
    if (::stat(entry.path().c_str(), &info) == 0 && info.st_dev == file.st_dev && info.st_ino == file.st_ino)
      return true;
  }
  return false;
}

// "process 181 (cat)", or less of one that this process may not look into. All mounts of tracefs show the same inode.
std::string reader_of(const kernel::Tracefs& tracefs) {
  auto named = tracefs.open_file("trace_pipe", O_PATH);
  struct stat file{};
  std::error_code ignored;
  if (!named || ::fstat(named->get(), &file) != 0) return "another program";
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    std::string pid = entry.path().filename();
    bool is_own = pid == std::to_string(::getpid());
    std::string but = is_own ? std::to_string(named->get()) : "";
    if (pid.find_first_not_of("0123456789") != std::string::npos || !has_open(entry.path(), file, but)) continue;
    if (is_own) return "this process itself";
    std::string comm = base::read_file(entry.path() / "comm").value_or("");
    std::erase_if(comm, [](unsigned char c) { return c < ' ' || c > '~'; });
    return fmt::format("process {} ({})", pid, comm);
  }
  return "another program";
}

std::string busy_hint(const kernel::Tracefs& tracefs) {
  return fmt::format(
      "{} reads it, and there is one for the whole machine; rows of BPF_PERF_OUTPUT or a ring buffer take no trace pipe",
      reader_of(tracefs));
}

}  // namespace

Result<TracePipe> TracePipe::open(bool nonblocking) {
  ASSIGN_OR_RETURN(const kernel::Tracefs* tracefs, kernel::Tracefs::open());
  auto fd = tracefs->open_file("trace_pipe", O_RDONLY | (nonblocking ? O_NONBLOCK : 0));
  if (!fd && fd.error().code == EBUSY)
    return base::fail_errno(EBUSY, "cannot open the trace pipe", busy_hint(*tracefs));
  if (!fd) return tl::unexpected(fd.error());
  TracePipe pipe;
  pipe.fd_ = fd->get();
  pipe.owner_ = std::make_shared<base::Fd>(std::move(*fd));
  pipe.nonblocking_ = nonblocking;
  return pipe;
}

Result<std::string> TracePipe::read_line() {
  for (;;) {
    if (size_t end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    char bytes[4096];
    ssize_t got = ::read(fd_, bytes, sizeof bytes);
    if (got < 0) {
      int code = errno;
      return tl::unexpected(Error{ErrorKind::kFailed, fmt::format("trace pipe: {}", std::strerror(code)), code,
                                  code == EBUSY ? "another program reads it; there is one for the whole machine" : ""});
    }
    if (got == 0 && nonblocking_)
      return tl::unexpected(Error{ErrorKind::kFailed, "trace pipe: nothing there", EAGAIN, ""});
    if (got == 0) RETURN_IF_ERROR(wait_a_moment());
    pending_.append(bytes, static_cast<size_t>(got));
  }
}

int TracePipe::fd() const { return fd_; }

}  // namespace sonde
