#include "kernel/tracefs.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <mutex>

#include "base/file.h"
#include "kernel/suggestion.h"

namespace sonde::kernel {
namespace {

std::string unreadable_hint() {
  return fmt::format(
      "user {} may not read tracefs: run as root (sudo), or have root allow it to a group: "
      "mount -o remount,mode=750,gid=GROUP /sys/kernel/tracing",
      ::geteuid());
}

// `refused`: it is there, and this user may not open it.
base::Fd open_mounted(const char* path, bool& refused) {
  struct statfs there{};
  base::Fd fd(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  refused |= !fd.valid() && errno == EACCES && ::statfs(path, &there) == 0 && there.f_type == TRACEFS_MAGIC;
  struct statfs info{};
  if (!fd.valid() || ::fstatfs(fd.get(), &info) != 0 || info.f_type != TRACEFS_MAGIC) return {};
  // A user who may not look inside is better served by the error of a file than by this one, so no more is asked here.
  return fd;
}

// A mount that has no place in any mount namespace; closing its descriptor unmounts it.
Result<base::Fd> mount_detached() {
  base::Fd context(static_cast<int>(::syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC)));
  const char* hint = "as root: mount -t tracefs nodev /sys/kernel/tracing";
  if (!context.valid() && errno == ENODEV) {
    return base::fail(ErrorKind::kUnsupported, "this kernel has no tracefs (CONFIG_FTRACE is off)");
  }
  if (!context.valid()) return base::fail_errno(errno, "tracefs is not mounted, and cannot be mounted privately", hint);
  if (::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return base::fail_errno(errno, "tracefs is not mounted, and cannot be mounted privately", hint);
  }
  base::Fd mount(static_cast<int>(::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0)));
  if (!mount.valid()) return base::fail_errno(errno, "tracefs is not mounted, and cannot be mounted privately", hint);
  base::Fd root(::openat(mount.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return base::fail_errno(errno, "cannot open a private tracefs", hint);
  return root;
}

std::string event_path(std::string_view category_and_event, const char* file) {
  std::string path(category_and_event);
  std::replace(path.begin(), path.end(), ':', '/');
  return fmt::format("events/{}/{}", path, file);
}

uint32_t number_after(std::string_view line, std::string_view key) {
  size_t at = line.find(key);
  uint32_t value = 0;
  if (at != std::string_view::npos) std::from_chars(line.data() + at + key.size(), line.data() + line.size(), value);
  return value;
}

// "\tfield:const char * filename;\toffset:16;\tsize:8;\tsigned:0;"
bool parse_field(std::string_view line, FormatField& field) {
  size_t start = line.find("field:");
  size_t end = line.find(';');
  if (start == std::string_view::npos || end == std::string_view::npos || end < start + 6) return false;
  std::string_view declaration = line.substr(start + 6, end - start - 6);
  field.declaration = declaration;
  std::string_view array;
  if (size_t bracket = declaration.rfind('['); bracket != std::string_view::npos && declaration.ends_with(']')) {
    array = declaration.substr(bracket);
    declaration = declaration.substr(0, bracket);
  }
  size_t space = declaration.find_last_of(" \t");
  if (space == std::string_view::npos) return false;
  field.name = declaration.substr(space + 1);
  field.type = fmt::format("{}{}", declaration.substr(0, space), array);
  field.offset = number_after(line, "offset:");
  field.size = number_after(line, "size:");
  field.is_signed = number_after(line, "signed:") != 0;
  return !field.name.empty();
}

}  // namespace

Result<EventFormat> parse_format(std::string_view text) {
  EventFormat format;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    FormatField field;
    if (line.starts_with("name: ")) format.name = line.substr(6);
    if (line.starts_with("ID: ")) format.id = number_after(line, "ID: ");
    if (line.starts_with("print fmt:")) break;
    if (parse_field(line, field)) format.fields.push_back(std::move(field));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (format.name.empty() || format.id == 0) {
    return base::fail(ErrorKind::kInvalid, "not the format of a tracepoint: no name or no ID");
  }
  return format;
}

Result<Tracefs> Tracefs::find_or_mount() {
  bool refused = false;
  for (const char* path : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    if (base::Fd fd = open_mounted(path, refused); fd.valid()) return Tracefs(std::move(fd));
  }
  auto root = mount_detached();
  if (root) return Tracefs(std::move(*root));
  if (refused) return base::fail_errno(EACCES, "cannot open /sys/kernel/tracing", unreadable_hint());
  return tl::unexpected(root.error());
}

Result<const Tracefs*> Tracefs::open() {
  static std::mutex mutex;
  static std::unique_ptr<Tracefs> opened;
  std::lock_guard lock(mutex);
  if (!opened) {
    ASSIGN_OR_RETURN(Tracefs tracefs, find_or_mount());
    opened = std::make_unique<Tracefs>(std::move(tracefs));
  }
  return opened.get();
}

Result<base::Fd> Tracefs::open_file(const std::string& path, int flags) const {
  base::Fd fd(::openat(root_.get(), path.c_str(), flags | O_CLOEXEC));
  if (fd.valid()) return fd;
  int code = errno;
  std::string hint;
  if (code == EACCES) hint = unreadable_hint();
  if (code == EPERM)
    hint = "the kernel refuses it, as it does when it is locked down: cat /sys/kernel/security/lockdown";
  return base::fail_errno(code, fmt::format("cannot open {} of tracefs", path), hint);
}

Result<std::string> Tracefs::read(const std::string& path) const {
  ASSIGN_OR_RETURN(base::Fd fd, open_file(path, O_RDONLY));
  return base::read_all(fd.get(), path);
}

Status Tracefs::append(const std::string& path, std::string_view line) const {
  ASSIGN_OR_RETURN(base::Fd fd, open_file(path, O_WRONLY | O_APPEND));
  return base::write_all(fd.get(), line, path);
}

bool Tracefs::exists(const std::string& path) const { return ::faccessat(root_.get(), path.c_str(), F_OK, 0) == 0; }

Result<std::vector<std::string>> Tracefs::list(const std::string& path) const {
  ASSIGN_OR_RETURN(base::Fd fd, open_file(path, O_RDONLY | O_DIRECTORY));
  std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(fd.get()), ::closedir);
  if (!directory) return base::fail_errno(errno, fmt::format("cannot list {} of tracefs", path));
  fd.release();  // the DIR closes it
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory.get())) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Tracefs::nearest_event(std::string_view category_and_event) const {
  Suggestion suggestion(category_and_event);
  auto categories = list("events");
  if (!categories) return {};
  std::string_view event = category_and_event.substr(category_and_event.find(':') + 1);
  for (const std::string& category : *categories) {
    auto events = list("events/" + category);
    if (!events) continue;
    for (const std::string& name : *events) {
      if (name == event && exists(fmt::format("events/{}/{}/id", category, name)))
        return fmt::format("{}:{}", category, name);
      suggestion.offer(fmt::format("{}:{}", category, name));
    }
  }
  return suggestion.best();
}

Result<std::string> Tracefs::format_text(std::string_view category_and_event) const {
  size_t colon = category_and_event.find(':');
  bool shaped = colon != std::string_view::npos && colon > 0 && colon + 1 < category_and_event.size() &&
                category_and_event.find('/') == std::string_view::npos &&
                category_and_event.find(':', colon + 1) == std::string_view::npos;
  if (!shaped) {
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("tracepoint {}: not of the form category:event", category_and_event),
                      "for example sched:sched_switch");
  }
  auto text = read(event_path(category_and_event, "format"));
  if (text || text.error().kind != ErrorKind::kNotFound) return text;
  return base::fail(ErrorKind::kNotFound,
                    fmt::format("tracepoint {}: no such event in this kernel{}", category_and_event,
                                suggestion_phrase(nearest_event(category_and_event))));
}

Result<uint32_t> Tracefs::event_id(std::string_view category_and_event) const {
  ASSIGN_OR_RETURN(std::string text, format_text(category_and_event));
  auto format = parse_format(text);
  if (!format)
    return tl::unexpected(base::in_context(fmt::format("tracepoint {}", category_and_event), format.error()));
  return format->id;
}

}  // namespace sonde::kernel
