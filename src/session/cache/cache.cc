#include "session/cache/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

#include "base/file.h"

namespace sonde::session {

namespace {

constexpr time_t kHour = 3600;
constexpr const char* kTemporaryPrefix = ".new-";

std::string variable(const char* name) {
  const char* value = ::secure_getenv(name);
  return value ? value : "";
}

// Ours, and no one else can write it.
bool is_private(const struct stat& info) {
  return info.st_uid == ::geteuid() && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

void make_directories(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    ::mkdir(path.substr(0, slash).c_str(), 0755);
  }
  ::mkdir(path.c_str(), 0700);
}

base::Fd open_directory(const std::string& path) {
  return base::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

struct Stored {
  std::string name;
  uint64_t size = 0;
  time_t used = 0;
};

}  // namespace

std::string cache_directory() {
  if (variable("SONDE_CACHE") == "off") return {};
  if (std::string given = variable("SONDE_CACHE_DIR"); !given.empty()) return given;
  if (::geteuid() == 0) return "/var/cache/sonde";
  if (std::string xdg = variable("XDG_CACHE_HOME"); xdg.starts_with('/')) return xdg + "/sonde";
  std::string home = variable("HOME");
  return home.starts_with('/') ? home + "/.cache/sonde" : "";
}

Result<Cache> Cache::open(const std::string& directory, uint64_t limit) {
  base::Fd fd = open_directory(directory);
  if (!fd.valid() && errno == ENOENT) {
    make_directories(directory);
    fd = open_directory(directory);
  }
  if (!fd.valid()) return base::fail_errno(errno, fmt::format("cannot open the cache {}", directory));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return base::fail_errno(errno, fmt::format("cannot open the cache {}", directory));
  if (!is_private(info)) {
    return base::fail(ErrorKind::kPermission, fmt::format("the cache {} can be written by others", directory),
                      "it is not used; it must belong to you, with mode 0700");
  }
  return Cache(std::move(fd), limit);
}

std::optional<CacheEntry> Cache::find(const Digest& key) const {
  base::Fd file(
      ::openat(directory_.get(), to_hex(key).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  struct stat info{};
  if (!file.valid() || ::fstat(file.get(), &info) != 0) return std::nullopt;
  if (!S_ISREG(info.st_mode) || !is_private(info)) return std::nullopt;
  Result<std::string> bytes = base::read_all(file.get(), "cache entry", kMaxCacheEntry);
  if (!bytes) return std::nullopt;
  std::optional<CacheEntry> entry = decode(*bytes, key);
  if (!entry || !unchanged(entry->dependencies)) return std::nullopt;
  if (info.st_mtime < ::time(nullptr) - kHour) ::futimens(file.get(), nullptr);  // the oldest by use go first
  return entry;
}

Status Cache::write_file(const std::string& name, const std::string& bytes) {
  rlimit file_size{};  // beyond it, a signal would end the process
  if (::getrlimit(RLIMIT_FSIZE, &file_size) == 0 && bytes.size() > file_size.rlim_cur)
    return base::fail_errno(EFBIG, "the cache");
  static std::atomic<unsigned> counter = 0;
  std::string temporary = fmt::format("{}{}-{}-{}", kTemporaryPrefix, ::getpid(), counter++, name.substr(0, 16));
  base::Fd file(
      ::openat(directory_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid()) return base::fail_errno(errno, "the cache");
  Status written = base::write_all(file.get(), bytes, "the cache");
  if (written && ::renameat(directory_.get(), temporary.c_str(), directory_.get(), name.c_str()) != 0) {
    written = base::fail_errno(errno, "the cache");
  }
  if (!written) ::unlinkat(directory_.get(), temporary.c_str(), 0);
  return written;
}

Status Cache::store(const Digest& key, const CacheEntry& entry) {
  std::string bytes = encode(entry, key);
  if (bytes.size() > std::min(kMaxCacheEntry, limit_)) return base::fail_errno(EFBIG, "the cache");
  RETURN_IF_ERROR(write_file(to_hex(key), bytes));
  // Looking through the directory takes longer the fuller it is: one entry in sixteen, by its name, and each large one.
  if (key[0] % 16 == 0 || bytes.size() > limit_ / 64) trim();
  return {};
}

void Cache::trim() {
  std::unique_ptr<DIR, int (*)(DIR*)> stream(
      ::fdopendir(::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), ::closedir);
  if (!stream) return;
  std::vector<Stored> all;
  uint64_t total = 0;
  while (const dirent* found = ::readdir(stream.get())) {
    struct stat info{};
    std::string name = found->d_name;
    if (::fstatat(directory_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode)) continue;
    if (name.starts_with(kTemporaryPrefix)) {
      if (info.st_mtime < ::time(nullptr) - kHour) ::unlinkat(directory_.get(), name.c_str(), 0);
      continue;
    }
    if (name.size() != 2 * sizeof(Digest)) continue;  // not ours
    all.push_back({name, static_cast<uint64_t>(info.st_size), info.st_mtime});
    total += all.back().size;
  }
  if (total <= limit_) return;
  std::sort(all.begin(), all.end(), [](const Stored& a, const Stored& b) { return a.used < b.used; });
  for (const Stored& entry : all) {
    if (total <= limit_ / 4 * 3) break;
    if (::unlinkat(directory_.get(), entry.name.c_str(), 0) == 0) total -= entry.size;
  }
}

}  // namespace sonde::session
