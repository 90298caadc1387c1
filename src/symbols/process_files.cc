#include "symbols/process_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/file.h"
#include "elf/dynamic.h"
#include "elf/file.h"
#include "symbols/binary_root.h"

namespace sonde::symbols {
namespace {

constexpr std::string_view kDeleted = " (deleted)";

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// What /proc/PID/maps calls a file of this path, whose directories have no links: the kernel's own name for it, as that
// of a descriptor. Where the directory is gone, too, it is the path itself.
std::string name_in_mappings(const std::string& path) {
  base::Fd directory(::open((directory_of(path) + "/").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::string name = directory.valid() ? read_link(fmt::format("/proc/self/fd/{}", directory.get())) : "";
  if (name.empty()) return path;
  return fmt::format("{}/{}", name == "/" ? "" : name, base_name(path));
}

// Without symbolic links, where they were followed.
std::string path_of(const FoundFile& found) { return found.inside.empty() ? found.path : found.root + found.inside; }

Result<elf::File> open_elf(const std::string& path) {
  ASSIGN_OR_RETURN(base::Fd fd, base::open_regular(path));
  return elf::File::from_fd(std::move(fd), path);
}

std::string soname_of(const std::string& path) {
  auto file = open_elf(path);
  return file ? elf::dynamic_of(*file).soname : "";
}

tl::unexpected<Error> cannot_open(int pid, const MappedFile& file, const Error& error) {
  std::string what = fmt::format("{} was replaced or deleted since process {} began to use it", file.path, pid);
  if (error.kind != ErrorKind::kPermission) {
    return tl::unexpected(base::in_context(what + ", and its own file cannot be opened", error));
  }
  return base::fail(ErrorKind::kPermission,
                    what + ", and /proc/PID/map_files, where its own file is, may not be opened",
                    "it takes CAP_CHECKPOINT_RESTORE, or CAP_SYS_ADMIN before Linux 5.9; or restart the process");
}

}  // namespace

Result<ProcessFiles> ProcessFiles::of(int pid) {
  ASSIGN_OR_RETURN(Process process, Process::open(pid));
  ProcessFiles files(std::move(process));
  ASSIGN_OR_RETURN(files.root_, root_of(pid));
  ASSIGN_OR_RETURN(std::string text, files.process_.read("maps"));
  files.root_name_ = files.root_.empty() ? "" : read_link(files.root_);
  if (files.root_name_ == "/") files.root_name_.clear();
  Maps maps = parse_maps(text);
  std::vector<const Mapping*> first(maps.files.size());
  for (const Mapping& each : maps.mappings) {
    const Mapping*& known = first[each.file];
    if (!known || (each.executable && !known->executable)) known = &each;
  }
  for (size_t i = 0; i < first.size(); i++) {
    if (maps.files[i].is_memory() || !first[i]) continue;
    files.entries_.push_back({files.process_.settled(maps.files[i]), *first[i]});
  }
  return files;
}

bool ProcessFiles::has(const std::string& path) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& each) { return is_same_file(path, each.file); });
}

Result<FoundFile> ProcessFiles::locate(const Entry& entry) const {
  const std::string& name = entry.file.path;
  bool is_below = root_name_.empty() || name.starts_with(root_name_ + "/");
  std::string inside = is_below ? name.substr(root_name_.size()) : name;
  FoundFile found{root_ + inside, inside, root_, inside};
  if (is_below && is_same_file(found.path, entry.file)) return found;
  // Of a process in a chroot the mappings have the names that we see.
  for (const std::string& path : {name, fmt::format("/proc/{}/exe", process_.pid())}) {
    found.path = path;
    if (is_same_file(found.path, entry.file)) return found;
  }
  found.path = fmt::format("/proc/{}/{}", process_.pid(), map_files_name(entry.mapping));
  auto opened = base::open_regular(found.path);
  return opened ? Result<FoundFile>(found) : cannot_open(process_.pid(), entry.file, opened.error());
}

// Code first, as a program may read its own file as data, too.
const ProcessFiles::Entry* ProcessFiles::called(const std::string& name) const {
  const Entry* best = nullptr;
  for (const Entry& each : entries_) {
    if (each.file.path == name && (!best || (each.mapping.executable && !best->mapping.executable))) best = &each;
  }
  return best;
}

// A library that a symbolic link led to when the process began, though it leads to a newer one now: libx.so.1 to
// libx.so.1.2. Who names a file without a link means this file.
const ProcessFiles::Entry* ProcessFiles::with_soname(const FoundFile& found, const std::string& name) const {
  if (base_name(found.shown) == base_name(name) && base::file_exists(found.path)) return nullptr;
  std::string soname = soname_of(found.path);
  if (soname.empty()) soname = base_name(found.shown);
  size_t stem = soname.find(".so");
  if (stem == soname.npos) return nullptr;
  for (const Entry& each : entries_) {
    const std::string& path = each.file.path;
    bool is_near = directory_of(path) == directory_of(name) && base_name(path).starts_with(soname.substr(0, stem));
    auto located = is_near && each.mapping.executable ? locate(each) : tl::unexpected(Error{});
    if (located && soname_of(located->path) == soname) return &each;
  }
  return nullptr;
}

// The program that the process was started as, though its file has another name by now. (A script was started as its
// interpreter.)
bool ProcessFiles::is_program(const FoundFile& found) const {
  if (base::file_exists(found.path) && !open_elf(found.path)) return false;
  std::string path = process_.executed_path();
  if (path.empty()) return false;
  std::string directory = path.starts_with('/') ? root_ : fmt::format("/proc/{}/cwd", process_.pid());
  auto walked = walk(root_, directory, path);
  return walked && name_in_mappings(*walked) == name_in_mappings(path_of(found));
}

Result<FoundFile> ProcessFiles::as_mapped(const FoundFile& found) const {
  if (has(found.path)) return found;
  std::string name = name_in_mappings(path_of(found));
  const Entry* entry = called(name);
  if (!entry) entry = with_soname(found, name);
  if (!entry && is_program(found))
    return FoundFile{fmt::format("/proc/{}/exe", process_.pid()), found.shown, root_, found.inside};
  if (!entry) return found;
  ASSIGN_OR_RETURN(FoundFile mapped, locate(*entry));
  mapped.shown = found.shown;
  return mapped;
}

}  // namespace sonde::symbols
