#include "base/file.h"

#include <poll.h>

#include <cerrno>
#include <cstdlib>

namespace sonde::base {

namespace {

std::string_view kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFIFO: return "a FIFO";
    case S_IFDIR: return "a directory";
    case S_IFLNK: return "a symbolic link";
    case S_IFSOCK: return "a socket";
    default: return "a device";
  }
}

// After a write() to a pipe or terminal that somebody made nonblocking.
bool waited_for_room(int fd) {
  if (errno != EAGAIN) return false;
  pollfd room{fd, POLLOUT, 0};
  return ::poll(&room, 1, -1) > 0 || errno == EINTR;
}

}  // namespace

Result<Fd> open_regular(const std::string& path, int flags, int directory) {
  return reopen_regular(Fd(::openat(directory, path.c_str(), O_PATH | O_CLOEXEC | flags)), path);
}

// Through the first descriptor: between looking and opening nothing can be put in its place.
Result<Fd> reopen_regular(Fd named, const std::string& path) {
  struct stat info{};
  if (!named.valid() || ::fstat(named.get(), &info) != 0) return fail_errno(errno, path);
  if (!S_ISREG(info.st_mode))
    return fail(ErrorKind::kInvalid, fmt::format("{}: {}, no regular file", path, kind_of(info.st_mode)));
  std::string link = fmt::format("/proc/self/fd/{}", named.get());
  Fd fd(::open(link.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd.valid()) return fail_errno(errno, path);
  return fd;
}

Result<std::string> read_all(int fd, const std::string& name, size_t limit) {
  struct stat info{};
  std::string bytes;
  size_t used = 0;
  size_t guess = ::fstat(fd, &info) == 0 && info.st_size > 0 ? static_cast<size_t>(info.st_size) + 1 : 4096;
  for (;;) {
    bytes.resize(std::min(std::max(guess, used * 2), limit + 1));
    ssize_t got = ::read(fd, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(errno, fmt::format("cannot read {}", name));
    if (got == 0) break;
    used += static_cast<size_t>(got);
    if (used > limit) return fail(ErrorKind::kInvalid, fmt::format("{} is longer than {} bytes", name, limit));
    guess = used == bytes.size() ? used * 2 : bytes.size();
  }
  bytes.resize(used);
  return bytes;
}

Result<std::string> read_file(const std::string& path, size_t limit) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return fail_errno(errno, fmt::format("cannot open {}", path));
  return read_all(fd.get(), path, limit);
}

Status write_all(int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && (errno == EINTR || waited_for_room(fd))) continue;
    if (wrote < 0) return fail_errno(errno, fmt::format("cannot write {}", name));
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return {};
}

Status write_file_atomically(const std::string& path, std::string_view bytes, unsigned mode) {
  std::string temporary = path + ".XXXXXX";
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return fail_errno(errno, fmt::format("cannot create {}", temporary));
  Status written = write_all(fd.get(), bytes, temporary);
  if (written && (::fchmod(fd.get(), mode) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0)) {
    written = fail_errno(errno, fmt::format("cannot create {}", path));
  }
  if (!written) ::unlink(temporary.c_str());
  return written;
}

std::string identity_of(const struct stat& info) {
  return fmt::format("{:x}.{:x}.{:x}.{:x}.{:x}.{:x}.{:x}.{:o}", info.st_dev, info.st_ino, info.st_size,
                     info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec,
                     info.st_mode & S_IFMT);
}

bool file_exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace sonde::base
