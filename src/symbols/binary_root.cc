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

// Up one directory. The root's parent is the root; that of another directory at the top only the kernel knows.
void leave_directory(std::string& path, const std::string& root, const std::string& top) {
  if (path == root) return;
  if (path == top || path.ends_with("/..")) path += "/..";
  else path.resize(path.rfind('/'));
}

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

std::string read_link(const std::string& path) {
  char target[PATH_MAX];
  ssize_t length = ::readlink(path.c_str(), target, sizeof target);
  return length > 0 ? std::string(target, static_cast<size_t>(length)) : "";
}

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

Result<std::string> walk(const std::string& root, const std::string& top, const std::string& path) {
  std::vector<std::string> parts;
  push_parts(parts, path);
  std::string walked = top;
  for (int links = 0; !parts.empty();) {
    std::string part = std::move(parts.back());
    parts.pop_back();
    if (part == "..") {
      leave_directory(walked, root, top);
      continue;
    }
    std::string target = read_link(walked + "/" + part);
    if (target.empty()) {
      walked += "/" + part;
      continue;
    }
    if (++links > kMaxLinks) return base::fail_errno(ELOOP, path);
    if (target.front() == '/') walked = root;
    push_parts(parts, target);
  }
  return walked;
}

Result<std::string> resolve_in(const std::string& root, const std::string& path) {
  ASSIGN_OR_RETURN(std::string walked, walk(root, root, path));
  if (!base::file_exists(walked)) return base::fail_errno(ENOENT, path);
  return walked.substr(root.size());
}

Result<base::Fd> open_in(const std::string& root, const std::string& path) {
  return root.empty() ? base::open_regular(path) : base::reopen_regular(base::Fd(open_beneath(root, path)), path);
}

Result<base::Fd> open_found(const FoundFile& found) {
  bool is_in_root = !found.root.empty() && found.path == found.root + found.inside;
  return is_in_root ? open_in(found.root, found.inside) : base::open_regular(found.path);
}

Result<std::string> read_in(const std::string& root, const std::string& path, size_t limit) {
  ASSIGN_OR_RETURN(std::string resolved, resolve_in(root, path));
  ASSIGN_OR_RETURN(base::Fd fd, open_in(root, resolved));
  return base::read_all(fd.get(), path, limit);
}

}  // namespace sonde::symbols
