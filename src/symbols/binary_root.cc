// The root of the file system that a process sees, and files in it: reached through /proc/PID/root, never by entering its
// namespaces.
#include "symbols/binary_root.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace sonde::symbols {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel's

std::string read_link(const std::string& path) {
  char target[PATH_MAX];
  ssize_t length = ::readlink(path.c_str(), target, sizeof target);
  return length > 0 ? std::string(target, static_cast<size_t>(length)) : "";
}

bool is_same_file(const std::string& a, const std::string& b) {
  struct stat first{}, second{};
  if (::stat(a.c_str(), &first) != 0 || ::stat(b.c_str(), &second) != 0) return false;
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

// The parts of a path, last first, as a stack of what is still to walk.
void push_parts(std::vector<std::string>& parts, std::string_view path) {
  while (!path.empty()) {
    size_t slash = path.rfind('/');
    std::string_view part = slash == path.npos ? path : path.substr(slash + 1);
    if (!part.empty() && part != ".") parts.emplace_back(part);
    path = slash == path.npos ? std::string_view() : path.substr(0, slash);
  }
}

void drop_last(std::string& path) { path.resize(path.empty() ? 0 : path.rfind('/')); }

int open_beneath(const std::string& root, const std::string& path) {
  base::Fd directory(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return -1;
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  long fd = ::syscall(SYS_openat2, directory.get(), path.c_str(), &how, sizeof how);
  if (fd >= 0 || errno != ENOSYS) return static_cast<int>(fd);
  // Before Linux 5.6: the path was found to have no links a moment ago.
  return ::open((root + path).c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW);
}

}  // namespace

Result<std::string> root_of(int pid) {
  if (pid <= 0) return std::string();
  std::string process = fmt::format("/proc/{}", pid), root = process + "/root";
  std::string namespace_link = read_link(process + "/ns/mnt");
  if (namespace_link.empty()) {
    int code = errno;
    if (!base::file_exists(process)) return base::fail(ErrorKind::kNotFound, fmt::format("no process {}", pid));
    return base::fail_errno(code, fmt::format("cannot look into process {}", pid));
  }
  if (namespace_link == read_link("/proc/self/ns/mnt") && is_same_file(root, "/")) return std::string();
  return root;
}

Result<std::string> resolve_in(const std::string& root, const std::string& path) {
  std::vector<std::string> parts;
  push_parts(parts, path);
  std::string walked;
  for (int links = 0; !parts.empty();) {
    std::string part = std::move(parts.back());
    parts.pop_back();
    if (part == "..") {
      drop_last(walked);
      continue;
    }
    std::string target = read_link(root + walked + "/" + part);
    if (target.empty()) {
      walked += "/" + part;
      continue;
    }
    if (++links > kMaxLinks) return base::fail_errno(ELOOP, path);
    if (target.front() == '/') walked.clear();
    push_parts(parts, target);
  }
  if (!base::file_exists(root + walked)) return base::fail_errno(ENOENT, path);
  return walked;
}

Result<base::Fd> open_in(const std::string& root, const std::string& path) {
  return root.empty() ? base::open_regular(path) : base::reopen_regular(base::Fd(open_beneath(root, path)), path);
}

Result<std::string> read_in(const std::string& root, const std::string& path, size_t limit) {
  ASSIGN_OR_RETURN(std::string resolved, resolve_in(root, path));
  ASSIGN_OR_RETURN(base::Fd fd, open_in(root, resolved));
  return base::read_all(fd.get(), path, limit);
}

}  // namespace sonde::symbols
