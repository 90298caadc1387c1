// Where a library may lie: what a process has mapped, the dynamic loader's cache, its standard directories.
#include "symbols/library_search.h"

#include <dirent.h>

#include <algorithm>

#include <fmt/ranges.h>

#include "base/file.h"
#include "elf/file.h"
#include "symbols/binary_root.h"
#include "symbols/library_cache.h"

namespace sonde::symbols {
namespace {

constexpr const char* kCache = "/etc/ld.so.cache";
constexpr size_t kMaxCache = 64u << 20, kMaxMaps = 64u << 20, kMaxEntries = 100'000;
constexpr std::string_view kDeleted = " (deleted)";

#if defined(__aarch64__)
constexpr const char* kDirectories[] = {
    "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
    "/usr/local/lib"};
#else
constexpr const char* kDirectories[] = {
    "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"};
#endif

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool can_open(const std::string& root, const std::string& path) {
  auto fd = open_in(root, path);
  return fd && elf::File::from_fd(std::move(*fd), path).has_value();
}

// What is behind the fifth blank-separated word of a line of /proc/PID/maps: the file's name, which may have blanks itself.
std::string_view name_in(std::string_view line) {
  for (int i = 0; i < 5; i++) {
    size_t blank = line.find(' ');
    if (blank == line.npos) return {};
    line.remove_prefix(std::min(line.find_first_not_of(' ', blank), line.size()));
  }
  return line;
}

std::vector<std::string> names_in_directory(const std::string& path) {
  std::vector<std::string> names;
  DIR* directory = ::opendir(path.c_str());
  if (!directory) return names;
  while (dirent* entry = ::readdir(directory)) {
    if (names.size() == kMaxEntries) break;
    names.emplace_back(entry->d_name);
  }
  ::closedir(directory);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

bool is_library(std::string_view file, std::string_view name) {
  if (file == name) return true;
  if (!file.starts_with("lib") || !file.substr(3).starts_with(name)) return false;
  std::string_view rest = file.substr(3 + name.size());
  if (rest == ".so" || rest.starts_with(".so.")) return true;
  return rest.size() > 4 && rest[0] == '-' && rest[1] >= '0' && rest[1] <= '9' && rest.ends_with(".so");
}

std::optional<FoundFile> mapped_file(int pid, const std::string& root, std::string_view maps_line) {
  std::string name(name_in(maps_line));
  if (name.empty() || name.front() != '/') return std::nullopt;
  if (!std::string_view(name).ends_with(kDeleted)) {
    auto resolved = resolve_in(root, name);
    if (resolved && can_open(root, *resolved)) return FoundFile{root.empty() ? name : root + *resolved, name};
    // Of a process in a chroot the mappings have the names that we see.
    return can_open("", name) ? std::optional(FoundFile{name, name}) : std::nullopt;
  }
  name.resize(name.size() - kDeleted.size());
  std::string path = fmt::format("/proc/{}/map_files/{}", pid, maps_line.substr(0, maps_line.find(' ')));
  return can_open("", path) ? std::optional(FoundFile{path, name}) : std::nullopt;
}

LibrarySearch::LibrarySearch(std::string name, std::string root, int pid)
    : name_(std::move(name)), root_(std::move(root)), pid_(pid), nearest_(name_) {}

std::optional<FoundFile> LibrarySearch::run() {
  if (pid_ > 0) {
    if (auto found = in_mappings()) return found;
  }
  if (auto found = in_cache()) return found;
  return in_directories();
}

std::string LibrarySearch::looked_in() const { return fmt::format("{}", fmt::join(looked_in_, ", ")); }

// "libreadline.so.8" is offered as "readline".
void LibrarySearch::offer(std::string_view file) {
  size_t end = file.find(".so");
  if (end == file.npos) return;
  std::string_view name = file.substr(0, end);
  nearest_.offer(name_.starts_with("lib") || !name.starts_with("lib") ? name : name.substr(3));
}

std::optional<FoundFile> LibrarySearch::existing(const std::string& path) const {
  auto resolved = resolve_in(root_, path);
  if (!resolved || !can_open(root_, *resolved)) return std::nullopt;
  return FoundFile{root_.empty() ? path : root_ + *resolved, path};
}

std::optional<FoundFile> LibrarySearch::in_mappings() {
  std::string path = fmt::format("/proc/{}/maps", pid_);
  looked_in_.push_back(path);
  auto maps = base::read_file(path, kMaxMaps);
  std::string_view rest = maps ? std::string_view(*maps) : std::string_view();
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    std::string_view file = base_name(name_in(line));
    if (file.ends_with(kDeleted)) file.remove_suffix(kDeleted.size());
    if (!is_library(file, name_)) continue;
    if (auto found = mapped_file(pid_, root_, line)) return found;
  }
  return std::nullopt;
}

// Those for this machine first, then those for its 32-bit programs; of each the first that exists.
std::optional<FoundFile> LibrarySearch::in_cache() {
  auto bytes = read_in(root_, kCache, kMaxCache);
  auto libraries =
      bytes ? parse_library_cache(*bytes) : Result<std::vector<CachedLibrary>>(tl::unexpected(bytes.error()));
  if (!libraries) return std::nullopt;
  looked_in_.push_back(fmt::format("{} ({} libraries)", root_ + kCache, libraries->size()));
  for (int rank = 0; rank < 3; rank++) {
    for (const CachedLibrary& each : *libraries) {
      int its_rank = !is_native(each) ? 2 : each.hwcap != 0 ? 1 : 0;
      if (its_rank != rank || !is_library(each.name, name_)) continue;
      if (auto found = existing(std::string(each.path))) return found;
    }
  }
  for (const CachedLibrary& each : *libraries) offer(each.name);
  return std::nullopt;
}

std::optional<FoundFile> LibrarySearch::in_directories() {
  for (const char* directory : kDirectories) {
    auto resolved = resolve_in(root_, directory);
    if (!resolved) continue;
    for (const std::string& name : names_in_directory(root_ + *resolved)) {
      if (!is_library(name, name_)) continue;
      if (auto found = existing(fmt::format("{}/{}", directory, name))) return found;
    }
  }
  looked_in_.push_back(fmt::format("{}", fmt::join(kDirectories, ", ")));
  return std::nullopt;
}

}  // namespace sonde::symbols
