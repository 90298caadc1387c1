#include "bpf/maps/pinned_map.h"

#include <bpf/bpf.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>

#include "bpf/system/permission.h"

namespace sonde::bpf {
namespace {

std::string directory_of(const std::string& path) {
  size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

tl::unexpected<Error> fail_file(int code, const char* what, const std::string& path) {
  bool refused = code == EPERM || code == EACCES;
  return base::fail_errno(code, fmt::format("{} {}", what, path), refused ? file_permission_hint(path) : "");
}

Status make_directory(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail_file(errno, "cannot make the directory", directory);
}

Status check_file_system(const std::string& directory) {
  struct statfs found{};
  if (::statfs(directory.c_str(), &found) != 0) return fail_file(errno, "cannot look at", directory);
  if (static_cast<unsigned long>(found.f_type) == BPF_FS_MAGIC) return {};
  return base::fail(ErrorKind::kInvalid,
                    fmt::format("{} is not in a BPF file system, and maps are pinned nowhere else", directory),
                    "the path is usually below /sys/fs/bpf; `mount -t bpf bpf /sys/fs/bpf` mounts one");
}

}  // namespace

Result<base::Fd> open_pinned_map(const std::string& path) {
  int fd = bpf_obj_get(path.c_str());
  if (fd >= 0) return base::Fd(fd);
  // Pinning will say what is in its way.
  if (errno == ENOENT || errno == ENOTDIR) return base::Fd();
  if (errno == EACCES && ::access(path.c_str(), R_OK) == 0) {  // the kernel's word for what is in no BPF file system
    return base::fail(ErrorKind::kInvalid, fmt::format("{} is there and is no pinned map", path),
                      "remove it, or pin elsewhere");
  }
  return fail_file(errno, "cannot open what is pinned at", path);
}

Status pin_map(int fd, const std::string& path) {
  std::string directory = directory_of(path);
  RETURN_IF_ERROR(make_directory(directory));
  RETURN_IF_ERROR(check_file_system(directory));
  if (bpf_obj_pin(fd, path.c_str()) == 0) return {};
  return fail_file(errno, "cannot pin the map at", path);
}

}  // namespace sonde::bpf
