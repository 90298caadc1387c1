#include "symbols/binary.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/file.h"
#include "symbols/binary_root.h"
#include "symbols/library_search.h"
#include "symbols/proc_path.h"
#include "symbols/process_files.h"

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
    if (resolved && is_executable(root + *resolved))
      return FoundFile{root.empty() ? path : root + *resolved, path, root, *resolved};
  }
  return std::nullopt;
}

// Where the name leads, whether or not there is a file.
Result<FoundFile> follow(const std::string& path, const std::string& root) {
  ASSIGN_OR_RETURN(std::string walked, walk(root, root, path));
  return FoundFile{root.empty() ? path : walked, path, root, walked.substr(root.size())};
}

Result<FoundFile> follow_relative(const std::string& path) {
  std::error_code failed;
  ASSIGN_OR_RETURN(FoundFile found, follow((std::filesystem::current_path(failed) / path).string(), ""));
  found.path = found.shown = path;
  return found;
}

// "/usr/bin/bash" of "/srv/guest/usr/bin/bash (deleted)" where the process's root is /srv/guest.
std::string inside_of(const std::string& root, std::string name) {
  constexpr std::string_view kDeleted = " (deleted)";
  if (name.ends_with(kDeleted) && !base::file_exists(root + name)) name.resize(name.size() - kDeleted.size());
  std::string prefix = root.empty() ? "/" : read_link(root);
  return prefix != "/" && name.starts_with(prefix + "/") ? name.substr(prefix.size()) : name;
}

Result<FoundFile> follow_proc_path(const std::string& path, const ProcPath& proc) {
  ASSIGN_OR_RETURN(std::string root, root_of(proc.pid));
  if (proc.entry == "root") {
    ASSIGN_OR_RETURN(FoundFile found, follow(proc.rest, root));
    found.shown = path;
    return found;
  }
  FoundFile found{proc.pid == ::getpid() ? path : proc.path(), path, root, ""};
  if (proc.is_directory()) {
    ASSIGN_OR_RETURN(found.path, walk(root, proc.link(), proc.rest));
  }
  std::string rest = proc.is_directory() ? found.path.substr(proc.link().size()) : "";
  found.inside = inside_of(root, read_link(proc.link()) + rest);
  return found;
}

// As the process has it, if there is one.
Result<FoundFile> as_mapped(Result<FoundFile> found, int pid) {
  if (!found || pid <= 0) return found;
  ASSIGN_OR_RETURN(ProcessFiles files, ProcessFiles::of(pid));
  return files.as_mapped(*found);
}

// /proc/self is the process's own view, like all paths with a pid; a path that it does not have is ours.
Result<FoundFile> find_proc_path(const std::string& path, const ProcPath& proc, int pid) {
  auto found = as_mapped(follow_proc_path(path, proc), pid);
  auto ours = parse_proc_path(path, ::getpid());
  if (!proc.is_self || ours->pid == proc.pid || (found && base::file_exists(found->path))) return found;
  auto here = as_mapped(follow_proc_path(path, *ours), pid);
  return here && base::file_exists(here->path) ? here : found;
}

Result<FoundFile> find_path(const std::string& path, int pid) {
  if (auto proc = parse_proc_path(path, pid > 0 ? pid : ::getpid())) return find_proc_path(path, *proc, pid);
  if (path.front() != '/') return as_mapped(follow_relative(path), pid);
  ASSIGN_OR_RETURN(std::string root, root_of(pid));
  auto found = as_mapped(follow(path, root), pid);
  if (found && !root.empty() && !base::file_exists(found->path))
    return tl::unexpected(base::in_context(fmt::format("in {}", root), base::fail_errno(ENOENT, path).value()));
  return found;
}

tl::unexpected<Error> not_found(const char* what, const std::string& name, const LibrarySearch& search,
                                bool with_path) {
  std::string hint = base::file_exists(name) ? fmt::format("the file in this directory is ./{}", name) : "";
  return base::fail(ErrorKind::kNotFound,
                    fmt::format("no {} {}: not in {}{}{}", what, name, search.looked_in(),
                                with_path ? ", nor in $PATH" : "", kernel::suggestion_phrase(search.suggestion())),
                    hint);
}

Result<FoundFile> find_file(const std::string& name, int pid) {
  if (is_path(name)) return find_path(name, pid);
  if (name.empty())
    return base::fail(ErrorKind::kInvalid, "neither a path nor a name of a program or library is given");
  ASSIGN_OR_RETURN(std::string root, root_of(pid));
  LibrarySearch search(name, root, pid);
  ASSIGN_OR_RETURN(std::optional<FoundFile> found, search.run());
  if (found) return *found;
  if (auto program = search_path(name, root)) return as_mapped(*program, pid);
  return not_found("library or program", name, search, true);
}

}  // namespace

Result<Binary> find_binary(const std::string& name, int pid) {
  ASSIGN_OR_RETURN(FoundFile found, find_file(name, pid));
  return open_binary(found);
}

Result<Binary> open_binary(const FoundFile& found) {
  ASSIGN_OR_RETURN(base::Fd fd, open_found(found));
  ASSIGN_OR_RETURN(elf::File file, elf::File::from_fd(std::move(fd), found.shown));
  return Binary{found.path, found.shown, std::make_shared<const elf::File>(std::move(file)), found.root, found.inside};
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
  ASSIGN_OR_RETURN(std::optional<FoundFile> found, search.run());
  if (found) return found->path;
  return not_found("library", name, search, false);
}

}  // namespace sonde::symbols
