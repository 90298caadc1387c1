// Programs and libraries by the names that users give them.
#include "symbols/binary.h"

#include <sys/stat.h>

#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/file.h"
#include "symbols/binary_root.h"
#include "symbols/library_search.h"

namespace sonde::symbols {
namespace {

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool is_path(const std::string& name) { return name.find('/') != name.npos; }

bool is_executable(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 0111) != 0;
}

std::optional<FoundFile> search_path(const std::string& name, const std::string& root) {
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable && *variable ? variable : kDefaultPath;
  while (!rest.empty()) {
    std::string directory(rest.substr(0, rest.find(':')));
    rest.remove_prefix(std::min(directory.size() + 1, rest.size()));
    if (directory.empty() || directory.front() != '/') continue;
    std::string path = directory + "/" + name;
    auto resolved = resolve_in(root, path);
    if (resolved && is_executable(root + *resolved)) return FoundFile{root.empty() ? path : root + *resolved, path};
  }
  return std::nullopt;
}

Result<FoundFile> find_path(const std::string& path, const std::string& root) {
  if (root.empty()) return FoundFile{path, path};
  auto resolved = resolve_in(root, path);
  if (!resolved) return tl::unexpected(base::in_context(fmt::format("in {}", root), resolved.error()));
  return FoundFile{root + *resolved, path};
}

tl::unexpected<Error> not_found(const char* what, const std::string& name, const LibrarySearch& search,
                                bool with_path) {
  std::string hint = base::file_exists(name) ? fmt::format("the file in this directory is ./{}", name) : "";
  return base::fail(ErrorKind::kNotFound,
                    fmt::format("no {} {}: not in {}{}{}", what, name, search.looked_in(),
                                with_path ? ", nor in $PATH" : "", kernel::nearest_phrase(search.nearest())),
                    hint);
}

Result<FoundFile> find_file(const std::string& name, const std::string& root, int pid) {
  if (is_path(name)) return find_path(name, root);
  if (name.empty())
    return base::fail(ErrorKind::kInvalid, "neither a path nor a name of a program or library is given");
  LibrarySearch search(name, root, pid);
  if (auto found = search.run()) return *found;
  if (auto found = search_path(name, root)) return *found;
  return not_found("library or program", name, search, true);
}

}  // namespace

Result<Binary> find_binary(const std::string& name, int pid) {
  ASSIGN_OR_RETURN(std::string root, root_of(pid));
  ASSIGN_OR_RETURN(FoundFile found, find_file(name, root, pid));
  return open_binary(found, root);
}

Result<Binary> open_binary(const FoundFile& found, const std::string& root) {
  std::string own_root = !root.empty() && found.path.starts_with(root + "/") ? root : "";
  ASSIGN_OR_RETURN(base::Fd fd, open_in(own_root, found.path.substr(own_root.size())));
  ASSIGN_OR_RETURN(elf::File file, elf::File::from_fd(std::move(fd), found.shown));
  return Binary{found.path, found.shown, std::make_shared<const elf::File>(std::move(file)), own_root};
}

Result<std::string> find_program(const std::string& name) {
  if (is_path(name)) {
    if (is_executable(name)) return name;
    return base::fail(ErrorKind::kNotFound, fmt::format("no program {}", name));
  }
  if (auto found = search_path(name, "")) return found->path;
  return base::fail(ErrorKind::kNotFound, fmt::format("no program {} in $PATH", name));
}

Result<std::string> find_library(const std::string& name, int pid) {
  if (is_path(name)) return name;
  ASSIGN_OR_RETURN(std::string root, root_of(pid));
  LibrarySearch search(name, root, pid);
  if (auto found = search.run()) return found->path;
  return not_found("library", name, search, false);
}

}  // namespace sonde::symbols
