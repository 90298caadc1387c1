#include "symbols/jit_map.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "symbols/coarse_clock.h"

namespace sonde::symbols {
namespace {

struct Owner {
  uid_t user = 0;
  int inner_pid = 0;  // what the process itself takes for its pid
};

// The word number `index` (the last one if negative) behind "KEY:" of /proc/PID/status.
uint64_t field(std::string_view status, std::string_view key, int index) {
  size_t at = status.find(key);
  if (at == status.npos) return 0;
  std::string_view line = status.substr(at + key.size());
  line = line.substr(0, line.find('\n'));
  uint64_t number = 0;
  for (int i = 0; !line.empty() && (index < 0 || i <= index); i++) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    auto [next, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    if (error != std::errc()) break;
    line.remove_prefix(static_cast<size_t>(next - line.data()));
  }
  return number;
}

Result<Owner> owner_of(const Process& process) {
  ASSIGN_OR_RETURN(std::string status, process.read("status"));
  return Owner{static_cast<uid_t>(field(status, "\nUid:", 1)), static_cast<int>(field(status, "\nNSpid:", -1))};
}

// Whoever else can write to /tmp must not name a process's functions.
Status check_owner(const base::Fd& fd, const std::string& path, uid_t user) {
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return base::fail_errno(errno, path);
  if (info.st_uid == user || info.st_uid == 0) return {};
  return base::fail(ErrorKind::kPermission,
                    fmt::format("{} belongs to another user ({}) than the process", path, info.st_uid));
}

}  // namespace

void JitMap::open(const Process& process) {
  std::lock_guard lock(mutex_);
  if (!fd_.valid()) (void)open_file(process);
}

void JitMap::refresh() {
  std::lock_guard lock(mutex_);
  next_look_ms_ = 0;
}

// In the process's own root by the pid that it sees; by the one that we see there, and in our root.
Status JitMap::open_file(const Process& process) {
  ASSIGN_OR_RETURN(Owner owner, owner_of(process));
  ASSIGN_OR_RETURN(base::Fd root, process.open_root());
  std::string inner = fmt::format("/tmp/perf-{}.map", owner.inner_pid),
              outer = fmt::format("/tmp/perf-{}.map", process.pid());
  base::Fd our_root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const std::pair<int, std::string> places[] = {{root.get(), inner}, {root.get(), outer}, {our_root.get(), outer}};
  Error first{ErrorKind::kNotFound, fmt::format("there is no {}", inner), 0, ""};
  for (const auto& [directory, path] : places) {
    auto fd = open_regular_below(directory, path, O_NOFOLLOW);
    Status good = fd ? check_owner(*fd, path, owner.user) : Status();
    if (!fd && fd.error().code == ENOENT) continue;
    if (!fd || !good) {
      if (first.kind == ErrorKind::kNotFound) first = fd ? good.error() : fd.error();
      continue;
    }
    fd_ = std::move(*fd);
    path_ = texts_.keep(path);
    return {};
  }
  return tl::unexpected(first);
}

Status JitMap::read() {
  if (map_) {
    auto more = map_->read_more(fd_.get(), std::string(path_));
    if (!more) return tl::unexpected(more.error());
    return {};
  }
  ASSIGN_OR_RETURN(map_, elf::PerfMap::read(fd_.get(), std::string(path_)));
  return {};
}

// A map that was unlinked is read as it is until there is a new one.
void JitMap::look(const Process& process, int64_t now_ms) {
  int64_t start = exact_ms();
  struct stat info{};
  if (!fd_.valid() || (::fstat(fd_.get(), &info) == 0 && info.st_nlink == 0)) {
    int old = fd_.get();
    Status opened = open_file(process);
    if (opened && old >= 0) map_.reset();
    if (!fd_.valid()) why_ = texts_.keep(opened ? "" : opened.error().what);
  }
  if (fd_.valid()) {
    Status status = read();
    why_ = texts_.keep(status ? fmt::format("{} does not know it", path_) : status.error().what);
  }
  next_look_ms_ = now_ms + std::max<int64_t>(100, (exact_ms() - start) * 20);
}

bool JitMap::find(const Process& process, uint64_t address, int64_t now_ms, Found& found, std::string_view& why) {
  std::lock_guard lock(mutex_);
  if (now_ms >= next_look_ms_) look(process, now_ms);
  elf::PerfMap::Symbol symbol;
  why = why_;
  if (!map_ || !map_->find(address, symbol)) return false;
  found = {texts_.keep(symbol.name), path_, address - symbol.address};
  return true;
}

}  // namespace sonde::symbols
