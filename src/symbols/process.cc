#include "symbols/process.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"

namespace sonde::symbols {
namespace {

constexpr uint64_t kMaxMemory = 1u << 20;
#ifndef BTRFS_SUPER_MAGIC
constexpr long BTRFS_SUPER_MAGIC = 0x9123683E;
#endif

// st_dev is another one than the mapping's where a file system makes up devices of its own.
bool is_mapped_file(const struct stat& info, const struct statfs& system, const MappedFile& file) {
  if (info.st_ino != file.inode) return false;
  if (info.st_dev == file.device) return true;
  return system.f_type == OVERLAYFS_SUPER_MAGIC || system.f_type == static_cast<long>(BTRFS_SUPER_MAGIC);
}

bool same_file(const base::Fd& fd, const MappedFile& file) {
  struct stat info{};
  struct statfs system{};
  return ::fstat(fd.get(), &info) == 0 && ::fstatfs(fd.get(), &system) == 0 && is_mapped_file(info, system, file);
}

}  // namespace

bool is_same_file(const std::string& path, const MappedFile& file) {
  base::Fd named(::open(path.c_str(), O_PATH | O_CLOEXEC));
  return named.valid() && same_file(named, file);
}

std::string map_files_name(const Mapping& mapping) {
  return fmt::format("map_files/{:x}-{:x}", mapping.start, mapping.end);
}

Result<base::Fd> open_regular_below(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(O_PATH | O_CLOEXEC | flags);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  base::Fd named(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
  if (!named.valid() &&
      errno == ENOSYS) {  // before Linux 5.6: links are followed in our own root, and the file is checked anyway
    return base::open_regular(path.substr(std::min(path.find_first_not_of('/'), path.size())), flags, root);
  }
  return base::reopen_regular(std::move(named), path);
}

Result<Process> Process::open(int pid) {
  base::Fd directory(::open(fmt::format("/proc/{}", pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (directory.valid()) return Process(pid, std::move(directory));
  if (errno == ENOENT) return base::fail(ErrorKind::kNotFound, fmt::format("there is no process {}", pid));
  return base::fail_errno(errno, fmt::format("process {}", pid));
}

tl::unexpected<Error> Process::failed(int code, const std::string& what) const {
  if (code == ESRCH || (code == ENOENT && !exists())) {
    return base::fail(ErrorKind::kNotFound, fmt::format("process {} has ended", pid_));
  }
  return base::fail_errno(code, fmt::format("process {}: {}", pid_, what));
}

bool Process::exists() const { return ::faccessat(directory_.get(), "stat", F_OK, 0) == 0; }

Result<std::string> Process::read(const std::string& name) const {
  base::Fd fd(::openat(directory_.get(), name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return failed(errno, name);
  auto text = base::read_all(fd.get(), name);
  if (!text && text.error().code != 0) return failed(text.error().code, name);
  return text;
}

Result<base::Fd> Process::open_mapped(const Mapping& mapping, const MappedFile& file) const {
  auto mapped = base::open_regular(map_files_name(mapping), 0, directory_.get());
  if (mapped) return mapped;
  // Without the right to map_files: by name, as the process sees it and as we do.
  if (auto root = open_root()) {
    auto below = open_regular_below(root->get(), file.path);
    if (below && same_file(*below, file)) return below;
  }
  auto named = base::open_regular(file.path);
  if (named && same_file(*named, file)) return named;
  if (!exists()) return failed(ESRCH, "");
  if (named) return base::fail(ErrorKind::kNotFound, file.path + " is another file now than the one that is mapped");
  if (mapped.error().kind == ErrorKind::kPermission && file.deleted) {
    return base::fail(ErrorKind::kPermission,
                      file.path + " was deleted, and /proc/PID/map_files takes CAP_CHECKPOINT_RESTORE");
  }
  return named;
}

Result<base::Fd> Process::open_root() const {
  base::Fd fd(::openat(directory_.get(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return failed(errno, "root");
  return fd;
}

MappedFile Process::settled(MappedFile file) const {
  if (!file.deleted) return file;
  std::string whole = file.path + " (deleted)", below_root = fmt::format("/proc/{}/root{}", pid_, whole);
  if (!symbols::is_same_file(below_root, file) && !symbols::is_same_file(whole, file)) return file;
  file.path = whole;
  file.deleted = false;
  return file;
}

bool Process::shares_our_root() const {
  struct stat root{}, mounts{}, our_root{}, our_mounts{};
  bool known = ::fstatat(directory_.get(), "root", &root, 0) == 0 &&
               ::fstatat(directory_.get(), "ns/mnt", &mounts, 0) == 0 && ::stat("/", &our_root) == 0 &&
               ::stat("/proc/self/ns/mnt", &our_mounts) == 0;
  return known && root.st_dev == our_root.st_dev && root.st_ino == our_root.st_ino &&
         mounts.st_ino == our_mounts.st_ino;
}

Result<std::string> Process::read_memory(uint64_t start, uint64_t size) const {
  if (size > kMaxMemory)
    return base::fail(ErrorKind::kInvalid, fmt::format("more than {} bytes of memory", kMaxMemory));
  base::Fd fd(::openat(directory_.get(), "mem", O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return failed(errno, "mem");
  std::string bytes(size, '\0');
  ssize_t got = ::pread(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(start));
  if (got < 0) return failed(errno, "mem");
  if (got == 0) return failed(ESRCH, "mem");
  bytes.resize(static_cast<size_t>(got));
  return bytes;
}

std::string Process::executed_path() const {
  constexpr uint64_t kMaxPath = 4096;
  auto vector = read("auxv");
  struct {
    uint64_t type, value;
  } entry{};
  for (size_t at = 0; vector && at + sizeof entry <= vector->size(); at += sizeof entry) {
    std::memcpy(&entry, vector->data() + at, sizeof entry);
    if (entry.type != AT_EXECFN) continue;
    auto text = read_memory(entry.value, kMaxPath);
    return text ? text->substr(0, text->find('\0')) : "";
  }
  return {};
}

Process::Program Process::program() const {
  struct stat info{};
  if (::fstatat(directory_.get(), "exe", &info, 0) != 0) return {};
  return {info.st_dev, info.st_ino};
}

}  // namespace sonde::symbols
