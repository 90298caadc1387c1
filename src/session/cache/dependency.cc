#include "session/cache/dependency.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <memory>

#include "base/file.h"
#include "kernel/tracefs.h"

namespace sonde::session {

namespace {

constexpr size_t kMaxDependencies = 20'000;
constexpr size_t kMaxTracepointName = 256;

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Formats are compared without their "ID:" line: ids of a module's tracepoints are given anew at every load.
Digest digest_of_format(std::string_view format) {
  size_t id = format.find("ID:");
  if (id == std::string_view::npos) return sha256(format);
  size_t end = std::min(format.find('\n', id), format.size());
  Sha256 hash;
  hash.add(format.substr(0, id));
  hash.add(format.substr(end));
  return hash.finish();
}

// The names in a directory, sorted: what a search through it could find.
std::string names_in(base::Fd directory) {
  std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(directory.get()), ::closedir);
  if (!stream) return {};
  directory.release();
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  std::string all;
  for (const std::string& name : names) all.append(name).push_back('\0');
  return all;
}

struct PathState {
  std::string identity;
  Digest digest{};
  timespec changed{};
};

PathState state_of(const std::string& path, bool with_digest) {
  struct stat info{};
  Result<base::Fd> fd = open_plain(path, info);
  if (!fd) return {};
  PathState state{base::identity_of(info), {}, info.st_ctim};
  if (!with_digest) return state;
  if (S_ISDIR(info.st_mode)) {
    state.digest = sha256(names_in(std::move(*fd)));
  } else if (Result<std::string> bytes = base::read_all(fd->get(), path)) {
    state.digest = sha256(*bytes);
  }
  return state;
}

bool path_unchanged(const Dependency& dependency) {
  if (state_of(dependency.name, false).identity == dependency.identity) return true;
  return !dependency.identity.empty() && state_of(dependency.name, true).digest == dependency.digest;
}

}  // namespace

Result<base::Fd> open_plain(const std::string& path, struct stat& info) {
  base::Fd handle(::open(path.c_str(), O_PATH | O_CLOEXEC));  // touches nothing: no FIFO waits, no device acts
  if (!handle.valid() || ::fstat(handle.get(), &info) != 0) return base::fail_errno(errno, path);
  if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{} is neither a file nor a directory", path));
  }
  base::Fd fd(::open(fmt::format("/proc/self/fd/{}", handle.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return base::fail_errno(errno, path);
  return fd;
}

std::string tracepoint_format(std::string_view category_and_event) {
  size_t colon = category_and_event.find(':');
  if (colon == std::string_view::npos || category_and_event.size() > kMaxTracepointName) return {};
  std::string_view category = category_and_event.substr(0, colon);
  std::string_view event = category_and_event.substr(colon + 1);
  if (!is_name(category) || !is_name(event)) return {};
  Result<const kernel::Tracefs*> tracefs = kernel::Tracefs::open();
  if (!tracefs) return {};
  return (*tracefs)->read(fmt::format("events/{}/{}/format", category, event)).value_or("");
}

Dependencies::Dependencies() {
  ::clock_gettime(CLOCK_REALTIME_COARSE, &start_);
}  // the clock that file systems stamp with

void Dependencies::add_tracepoint(const std::string& name, std::string_view format) {
  if (found_.size() >= kMaxDependencies) settled_ = false;
  if (!settled_) return;
  Dependency dependency{Dependency::Kind::kTracepoint, name, {}, digest_of_format(format)};
  found_.try_emplace({dependency.kind, name}, std::move(dependency));
}

void Dependencies::add_path(const std::string& path) {
  if (found_.size() >= kMaxDependencies) settled_ = false;
  if (!settled_ || found_.contains({Dependency::Kind::kPath, path})) return;
  PathState state = state_of(path, true);
  bool virtual_file = path.starts_with("/sys/") || path.starts_with("/proc/");  // stamped when first looked at
  bool changed_late =
      std::pair(state.changed.tv_sec, state.changed.tv_nsec) >= std::pair(start_.tv_sec, start_.tv_nsec);
  if (changed_late && !virtual_file) settled_ = false;
  Dependency dependency{Dependency::Kind::kPath, path, std::move(state.identity), state.digest};
  found_.try_emplace({dependency.kind, path}, std::move(dependency));
}

std::vector<Dependency> Dependencies::list() const {
  std::vector<Dependency> all;
  for (const auto& [key, dependency] : found_) all.push_back(dependency);
  return all;
}

bool unchanged(const std::vector<Dependency>& dependencies) {
  return std::all_of(dependencies.begin(), dependencies.end(), [](const Dependency& dependency) {
    if (dependency.kind == Dependency::Kind::kPath) return path_unchanged(dependency);
    return digest_of_format(tracepoint_format(dependency.name)) == dependency.digest;
  });
}

}  // namespace sonde::session
