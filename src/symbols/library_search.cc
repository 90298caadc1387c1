#include "symbols/library_search.h"

#include <dirent.h>

#include <algorithm>

#include <fmt/ranges.h>

#include "base/file.h"
#include "elf/file.h"
#include "symbols/binary_root.h"
#include "symbols/library_cache.h"
#include "symbols/process_files.h"

namespace sonde::symbols {
namespace {

constexpr const char* kCache = "/etc/ld.so.cache";
constexpr size_t kMaxCache = 64u << 20, kMaxEntries = 100'000;

#if defined(__aarch64__)
constexpr const char* kDirectories[] = {
    "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
    "/usr/local/lib"};
#else
constexpr const char* kDirectories[] = {
    "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"};
#endif

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_elf(const FoundFile& found) {
  auto fd = open_found(found);
  return fd && elf::File::from_fd(std::move(*fd), found.path).has_value();
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

LibrarySearch::LibrarySearch(std::string name, std::string root, int pid)
    : name_(std::move(name)), root_(std::move(root)), pid_(pid), suggestion_(name_) {}

Result<std::optional<FoundFile>> LibrarySearch::run() {
  if (pid_ > 0) {
    ASSIGN_OR_RETURN(std::optional<FoundFile> found, in_mappings());
    if (found) return found;
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
  suggestion_.offer(name_.starts_with("lib") || !name.starts_with("lib") ? name : name.substr(3));
}

std::optional<FoundFile> LibrarySearch::existing(const std::string& path) const {
  auto inside = resolve_in(root_, path);
  if (!inside) return std::nullopt;
  FoundFile found{root_.empty() ? path : root_ + *inside, path, root_, *inside};
  return is_elf(found) ? std::optional(found) : std::nullopt;
}

Result<std::optional<FoundFile>> LibrarySearch::in_mappings() {
  looked_in_.push_back(fmt::format("/proc/{}/maps", pid_));
  ASSIGN_OR_RETURN(ProcessFiles files, ProcessFiles::of(pid_));
  for (const ProcessFiles::Entry& each : files.entries()) {
    if (!is_library(base_name(each.file.path), name_)) continue;
    ASSIGN_OR_RETURN(FoundFile found, files.locate(each));
    if (is_elf(found)) return found;
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
