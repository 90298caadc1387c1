#include "session/compiler/include_files.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <span>
#include <string_view>

#include "base/file.h"
#include "session/cache/dependency.h"

namespace sonde::session {

namespace {

constexpr std::string_view kDirectoryFlags[] = {"-isystem", "-iquote", "-idirafter", "-I"};
constexpr std::string_view kFileFlags[] = {"-include", "-imacros"};

std::optional<std::string> resolve(const std::string& path) {
  char resolved[PATH_MAX];
  if (!::realpath(path.c_str(), resolved)) return std::nullopt;
  return std::string(resolved);
}

// Calls visit(flag, value) for each flag of `flags`, written apart ("-I", "dir") or together ("-Idir"); value may be
// changed.
void for_each_value(std::vector<std::string>& cflags, std::span<const std::string_view> flags,
                    const std::function<void(std::string& value)>& visit) {
  for (size_t i = 0; i < cflags.size(); ++i) {
    for (std::string_view flag : flags) {
      if (!cflags[i].starts_with(flag)) continue;
      if (cflags[i].size() > flag.size()) {
        std::string value = cflags[i].substr(flag.size());
        visit(value);
        cflags[i] = std::string(flag) + value;
      } else if (i + 1 < cflags.size()) {
        visit(cflags[++i]);
      }
      break;
    }
  }
}

std::optional<std::string> path_of_open(int fd) {
  char path[PATH_MAX];
  ssize_t length = ::readlink(fmt::format("/proc/self/fd/{}", fd).c_str(), path, sizeof path);
  if (length <= 0 || static_cast<size_t>(length) == sizeof path) return std::nullopt;
  return std::string(path, static_cast<size_t>(length));
}

}  // namespace

std::string absolute_path(const std::string& path, const std::string& directory) {
  return path.starts_with('/') || path.empty() ? path : directory + "/" + path;
}

void make_absolute(std::vector<std::string>& cflags, const std::string& directory) {
  for_each_value(cflags, kDirectoryFlags, [&](std::string& value) { value = absolute_path(value, directory); });
  for_each_value(cflags, kFileFlags,
                 [&](std::string& value) {  // "-include linux/sched.h" is searched for, as #include is
                   std::string here = absolute_path(value, directory);
                   if (base::file_exists(here)) value = here;
                 });
}

IncludeFiles::IncludeFiles(const spec::Request& request) {
  auto add = [](std::vector<std::string>& to) {
    return [&to](std::string& path) {
      if (std::optional<std::string> real = path.starts_with('/') ? resolve(path) : std::nullopt) to.push_back(*real);
    };
  };
  std::vector<std::string> cflags = request.cflags;
  for_each_value(cflags, kDirectoryFlags, add(directories_));
  for_each_value(cflags, kFileFlags, add(files_));
  std::string directory = request.directory;
  std::string btf = request.btf_path;
  add(directories_)(directory);
  add(files_)(btf);
}

bool IncludeFiles::allowed(const std::string& real_path) const {
  if (std::find(files_.begin(), files_.end(), real_path) != files_.end()) return true;
  return std::any_of(directories_.begin(), directories_.end(), [&](const std::string& directory) {
    return directory == "/" || real_path.starts_with(directory + "/");
  });
}

std::optional<std::string> IncludeFiles::read(const std::string& path) const {
  if (!path.starts_with('/') || path.find('\0') != std::string::npos) return std::nullopt;
  struct stat info{};
  Result<base::Fd> fd = open_plain(path, info);
  if (!fd || !S_ISREG(info.st_mode)) return std::nullopt;
  // What is open is what is judged: no symbolic link can change under the check.
  std::optional<std::string> real = path_of_open(fd->get());
  if (!real || !allowed(*real)) return std::nullopt;
  Result<std::string> bytes = base::read_all(fd->get(), path, spec::kMaxFrame - 1);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

}  // namespace sonde::session
