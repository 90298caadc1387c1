#include "base/output_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <optional>

#include "base/fd.h"
#include "base/file.h"

namespace sonde::base {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel has it

struct Destination {
  std::string path;       // behind all symbolic links
  int descriptor = -1;    // of this process, which `path` names
  bool is_magic = false;  // a link of /proc: it leads to an open file, which may have no name
  bool exists = false;
  struct stat info{};

  bool is_replaceable() const { return !is_magic && (!exists || (S_ISREG(info.st_mode) && info.st_nlink == 1)); }
};

tl::unexpected<Error> cannot_write(int code, const std::string& path) {
  return fail_errno(code, fmt::format("cannot write {}", path));
}

std::string directory_of(const std::string& path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_on_proc(const std::string& directory) {
  struct statfs info{};
  return ::statfs(directory.c_str(), &info) == 0 && info.f_type == PROC_SUPER_MAGIC;
}

// Known by the name, so that it is found where /proc is not mounted as well.
std::optional<int> own_descriptor(std::string_view path) {
  for (const std::string& directory :
       {std::string("/dev/fd/"), std::string("/proc/self/fd/"), fmt::format("/proc/{}/fd/", ::getpid())}) {
    if (!path.starts_with(directory)) continue;
    int number = -1;
    auto [end, error] = std::from_chars(path.data() + directory.size(), path.data() + path.size(), number);
    if (error == std::errc() && end == path.data() + path.size() && number >= 0) return number;
  }
  return std::nullopt;
}

Result<std::string> target_of(const std::string& link, const std::string& named) {
  // The kernel may refuse to follow it: links of others in /tmp (fs.protected_symlinks).
  struct stat ignored{};
  if (::stat(link.c_str(), &ignored) != 0 && errno != ENOENT) return cannot_write(errno, named);
  std::array<char, PATH_MAX> text{};
  ssize_t length = ::readlink(link.c_str(), text.data(), text.size());
  if (length < 0) return cannot_write(errno, named);
  std::string target(text.data(), static_cast<size_t>(length));
  return target.starts_with('/') ? target : directory_of(link) + "/" + target;
}

// Symbolic links are followed here, and not by open(2): the target of a dangling one is wanted too, and the place where
// a link lies is not the one where its target is replaced.
Result<Destination> find_destination(const std::string& named) {
  Destination found{.path = named};
  for (int links = 0; links <= kMaxLinks; ++links) {
    if (std::optional<int> number = own_descriptor(found.path)) return found.descriptor = *number, found;
    found.exists = ::lstat(found.path.c_str(), &found.info) == 0;
    if (!found.exists && errno != ENOENT) return cannot_write(errno, named);
    if (found.exists ? S_ISDIR(found.info.st_mode) : found.path.ends_with('/')) return cannot_write(EISDIR, named);
    if (found.exists && S_ISSOCK(found.info.st_mode))
      return fail(ErrorKind::kInvalid, fmt::format("cannot write {}: it is a socket", named));
    if (!found.exists || !S_ISLNK(found.info.st_mode)) return found;
    if ((found.is_magic = is_on_proc(directory_of(found.path)))) return found;
    ASSIGN_OR_RETURN(found.path, target_of(found.path, named));
  }
  return cannot_write(ELOOP, named);
}

// An error of close() is one of writing: NFS and quotas tell it only then.
Status write_and_close(Fd fd, std::string_view bytes, const std::string& named) {
  RETURN_IF_ERROR(write_all(fd.get(), bytes, named));
  if (::close(fd.release()) != 0 && errno != EINTR) return cannot_write(errno, named);
  return {};
}

// While this lives, handled signals interrupt a call that waits: SA_RESTART, which keeps reports whole, would have it
// wait on.
class Interruptible {
 public:
  Interruptible() {
    for (size_t i = 0; i < kSignals.size(); i++) {
      ::sigaction(kSignals[i], nullptr, &before_[i]);
      struct sigaction without = before_[i];
      without.sa_flags &= ~SA_RESTART;
      ::sigaction(kSignals[i], &without, nullptr);
    }
  }
  ~Interruptible() {
    for (size_t i = 0; i < kSignals.size(); i++) ::sigaction(kSignals[i], &before_[i], nullptr);
  }

 private:
  static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, 3> before_{};
};

// A FIFO is waited for until somebody reads it; a signal that the caller handles ends that. O_CREAT is for the kernel's
// protection of FIFOs and files of others in /tmp (fs.protected_fifos), which asks for it.
Status write_in_place(const Destination& to, std::string_view bytes, const std::string& named) {
  int create = !to.is_magic && to.exists && (S_ISREG(to.info.st_mode) || S_ISFIFO(to.info.st_mode)) ? O_CREAT : 0;
  Fd fd;
  {
    Interruptible waiting;
    fd = Fd(::open(to.path.c_str(), O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC | create, 0666));
  }
  if (!fd.valid()) return cannot_write(errno, named);
  return write_and_close(std::move(fd), bytes, named);
}

// Our own maps and files have numbers too, which the user cannot mean: they are closed on exec, and what a caller hands
// us is not.
bool is_callers(int descriptor) {
  int flags = ::fcntl(descriptor, F_GETFD);
  return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

Status write_to_descriptor(int descriptor, std::string_view bytes, const std::string& named) {
  if (!is_callers(descriptor)) return cannot_write(EBADF, named);
  Fd fd(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
  if (!fd.valid()) return cannot_write(errno, named);
  return write_and_close(std::move(fd), bytes, named);
}

// Also access control lists. Not the right to act as the file's owner or with capabilities, which writing to a file
// takes from it too.
bool copy_attributes(int from, int to) {
  std::array<char, 64 << 10> names{};
  ssize_t length = ::flistxattr(from, names.data(), names.size());
  if (length < 0) return errno == EOPNOTSUPP;
  for (std::string_view left(names.data(), static_cast<size_t>(length)); !left.empty();) {
    std::string name(left.substr(0, left.find('\0')));
    left.remove_prefix(std::min(left.size(), name.size() + 1));
    if (name == "security.capability") continue;
    std::string value(XATTR_SIZE_MAX, '\0');
    ssize_t size = ::fgetxattr(from, name.c_str(), value.data(), value.size());
    if (size < 0 || ::fsetxattr(to, name.c_str(), value.data(), static_cast<size_t>(size), 0) != 0) return false;
  }
  return true;
}

// The owner first: a change of owner takes bits of the mode away.
bool make_alike(int from, int to) {
  struct stat old{}, made{};
  if (::fstat(from, &old) != 0 || ::fstat(to, &made) != 0 || !S_ISREG(old.st_mode) || old.st_nlink != 1) return false;
  bool owned = (made.st_uid == old.st_uid && made.st_gid == old.st_gid) || ::fchown(to, old.st_uid, old.st_gid) == 0;
  ::fremovexattr(to, "system.posix_acl_access");  // of the directory's default
  return owned && ::fchmod(to, old.st_mode & 01777) == 0 && copy_attributes(from, to);
}

// Where a temporary file exists, a signal that ends this process would leave it behind.
class EndingSignalsBlocked {
 public:
  EndingSignalsBlocked() {
    sigset_t ending;
    sigemptyset(&ending);
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU, SIGXFSZ}) sigaddset(&ending, signal);
    ::pthread_sigmask(SIG_BLOCK, &ending, &before_);
  }
  ~EndingSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

// A file without a reader yet, which is gone with this object unless it was given its name.
class TemporaryFile {
 public:
  // Beside `path`. The kernel applies the umask, or the directory's default access control list.
  explicit TemporaryFile(const std::string& path) {
    uint64_t random = 0;
    (void)!::getrandom(&random, sizeof random, GRND_NONBLOCK);
    path_ = fmt::format("{}/.sonde-{:x}-{:x}", directory_of(path), ::getpid(), random);
    fd_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    error_ = fd_.valid() ? 0 : errno;
  }
  ~TemporaryFile() {
    if (error_ == 0 && !named_) ::unlink(path_.c_str());
  }
  int error() const { return error_; }
  int fd() const { return fd_.get(); }
  Status write(std::string_view bytes, const std::string& named) {
    return write_and_close(std::move(fd_), bytes, named);
  }
  bool rename_to(const std::string& path) { return named_ = ::rename(path_.c_str(), path.c_str()) == 0; }

 private:
  EndingSignalsBlocked blocked_;
  std::string path_;
  Fd fd_;
  int error_ = 0;
  bool named_ = false;
};

// False: its directory takes no new file, or the new file cannot be made like the old one; the old one may still be
// written.
Result<bool> replace(const Destination& to, std::string_view bytes, const std::string& named) {
  Fd old;
  if (to.exists) {
    old = Fd(::open(to.path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666));
    if (!old.valid()) return cannot_write(errno, named);  // who may not write a file may not replace it either
  }
  TemporaryFile made(to.path);
  auto refused = [&](int code) -> Result<bool> {
    bool by_directory = code == EACCES || code == EPERM || code == EBUSY || code == EROFS || code == EXDEV;
    if (to.exists && by_directory) return false;
    return cannot_write(code, named);
  };
  if (made.error() != 0) return refused(made.error());
  if (to.exists && !make_alike(old.get(), made.fd())) return false;
  RETURN_IF_ERROR(made.write(bytes, named));
  if (!made.rename_to(to.path)) return refused(errno);
  return true;
}

}  // namespace

Status write_output(const std::string& path, std::string_view bytes) {
  ASSIGN_OR_RETURN(Destination to, find_destination(path));
  if (to.descriptor >= 0) return write_to_descriptor(to.descriptor, bytes, path);
  if (to.is_replaceable()) {
    ASSIGN_OR_RETURN(bool replaced, replace(to, bytes, path));
    if (replaced) return {};
  }
  return write_in_place(to, bytes, path);
}

Status check_output(const std::string& path) {
  ASSIGN_OR_RETURN(Destination to, find_destination(path));
  if (to.descriptor >= 0) {
    int flags = ::fcntl(to.descriptor, F_GETFL);
    bool writes = is_callers(to.descriptor) && flags >= 0 && (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_RDONLY;
    return writes ? Status{} : cannot_write(EBADF, path);
  }
  const std::string asked = to.exists ? to.path : directory_of(to.path);
  int rights = to.exists ? W_OK : W_OK | X_OK;
  if (::faccessat(AT_FDCWD, asked.c_str(), rights, AT_EACCESS) != 0) return cannot_write(errno, path);
  return {};
}

}  // namespace sonde::base
