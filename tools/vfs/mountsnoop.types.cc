// mountsnoop's type mount_call_t: a call that mounts, as strace(1) writes it.
#include <sys/mount.h>

#include <algorithm>
#include <cstring>

#include "tool/formats/members.h"
#include "tool/formats/texts.h"
#include "tool/text/value_text.h"

namespace sonde::tools {
namespace {

using namespace tool;

struct Call {
  explicit Call(const Value& value)
      : kind(Members(value).enumerator("kind")),
        result(static_cast<int>(Members(value).signed_number("result"))),
        flags(Members(value).number("flags")),
        texts(texts_of(Members(value).bytes("texts"))),
        members_(value) {}

  int64_t number(size_t at) const { return members_.element("numbers", at); }

  std::string_view kind;  // of enum mount_kind
  int result;
  uint64_t flags;
  std::vector<Text> texts;

 private:
  Members members_;
};

constexpr Name kMountFlags[] = {
    {MS_RDONLY, "MS_RDONLY"},
    {MS_NOSUID, "MS_NOSUID"},
    {MS_NODEV, "MS_NODEV"},
    {MS_NOEXEC, "MS_NOEXEC"},
    {MS_SYNCHRONOUS, "MS_SYNCHRONOUS"},
    {MS_REMOUNT, "MS_REMOUNT"},
    {MS_MANDLOCK, "MS_MANDLOCK"},
    {MS_DIRSYNC, "MS_DIRSYNC"},
    {MS_NOATIME, "MS_NOATIME"},
    {MS_NODIRATIME, "MS_NODIRATIME"},
    {MS_BIND, "MS_BIND"},
    {MS_MOVE, "MS_MOVE"},
    {MS_REC, "MS_REC"},
    {MS_SILENT, "MS_SILENT"},
    {MS_POSIXACL, "MS_POSIXACL"},
    {MS_UNBINDABLE, "MS_UNBINDABLE"},
    {MS_PRIVATE, "MS_PRIVATE"},
    {MS_SLAVE, "MS_SLAVE"},
    {MS_SHARED, "MS_SHARED"},
    {MS_RELATIME, "MS_RELATIME"},
    {MS_KERNMOUNT, "MS_KERNMOUNT"},
    {MS_I_VERSION, "MS_I_VERSION"},
    {MS_STRICTATIME, "MS_STRICTATIME"},
    {MS_LAZYTIME, "MS_LAZYTIME"},
    {MS_ACTIVE, "MS_ACTIVE"},
    {MS_NOUSER, "MS_NOUSER"},
};
constexpr Name kUmountFlags[] = {{1, "MNT_FORCE"}, {2, "MNT_DETACH"}, {4, "MNT_EXPIRE"}, {8, "UMOUNT_NOFOLLOW"}};
constexpr Name kCommands[] = {{0, "FSCONFIG_SET_FLAG"},   {1, "FSCONFIG_SET_STRING"},     {2, "FSCONFIG_SET_BINARY"},
                              {3, "FSCONFIG_SET_PATH"},   {4, "FSCONFIG_SET_PATH_EMPTY"}, {5, "FSCONFIG_SET_FD"},
                              {6, "FSCONFIG_CMD_CREATE"}, {7, "FSCONFIG_CMD_RECONFIGURE"}};
// MOUNT_ATTR_…: those of access times are values of one field.
constexpr Name kAttributes[] = {
    {0x1, "MOUNT_ATTR_RDONLY"},      {0x2, "MOUNT_ATTR_NOSUID"},     {0x4, "MOUNT_ATTR_NODEV"},
    {0x8, "MOUNT_ATTR_NOEXEC"},      {0x10, "MOUNT_ATTR_NOATIME"},   {0x20, "MOUNT_ATTR_STRICTATIME"},
    {0x80, "MOUNT_ATTR_NODIRATIME"}, {0x100000, "MOUNT_ATTR_IDMAP"}, {0x200000, "MOUNT_ATTR_NOSYMFOLLOW"}};
constexpr Name kTreeFlags[] = {{1, "OPEN_TREE_CLONE"},     {02000000, "OPEN_TREE_CLOEXEC"},
                               {0x8000, "AT_RECURSIVE"},   {0x1000, "AT_EMPTY_PATH"},
                               {0x800, "AT_NO_AUTOMOUNT"}, {0x100, "AT_SYMLINK_NOFOLLOW"}};
constexpr uint64_t kMagic = 0xc0ed0000, kMagicMask = 0xffff0000;

std::string flags_text(std::span<const Name> names, uint64_t flags) {
  std::string text;
  for (const Name& each : names) {
    if (!(flags & static_cast<uint64_t>(each.value))) continue;
    text += (text.empty() ? "" : "|") + std::string(each.name);
    flags &= ~static_cast<uint64_t>(each.value);
  }
  return flags || text.empty() ? fmt::format("{}{}{:#x}", text, text.empty() ? "" : "|", flags) : text;
}

std::string mount_flags(uint64_t flags) {
  if ((flags & kMagicMask) != kMagic) return flags_text(kMountFlags, flags);
  return "MS_MGC_VAL|" + flags_text(kMountFlags, flags & ~kMagicMask);
}

// Dots behind the quotes: it is cut.
std::string quoted(const Call& call, size_t at) {
  Text given = at < call.texts.size() ? call.texts[at] : Text{"", Text::State::kAbsent};
  if (given.state == Text::State::kAbsent) return "NULL";
  if (given.is_unread()) return kUnreadMark;
  std::string text = "\"";
  for (char c : given.bytes) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return safe_text(text + "\"") + (given.is_cut() ? "..." : "");
}

std::string directory(int64_t fd) { return fd == -100 ? "AT_FDCWD" : fmt::format("{}", fd); }

std::string attributes(const Call& call) {
  auto flags = [&](std::span<const Name> names, int at) {
    return flags_text(names, static_cast<uint64_t>(call.number(static_cast<size_t>(at))));
  };
  return fmt::format("{{attr_set={}, attr_clr={}, propagation={}}}", flags(kAttributes, 1), flags(kAttributes, 2),
                     flags(kMountFlags, 3));
}

std::string written(const Call& call) {
  auto text = [&](size_t at) { return quoted(call, at); };
  auto number = [&](size_t at) { return call.number(at); };
  std::string_view kind = call.kind;
  if (kind == "MOUNT") {
    return fmt::format("mount({}, {}, {}, {}, {})", text(0), text(1), text(2), mount_flags(call.flags), text(3));
  }
  if (kind == "UMOUNT") return fmt::format("umount({}, {})", text(0), flags_text(kUmountFlags, call.flags));
  if (kind == "FSOPEN") return fmt::format("fsopen({}, {:#x})", text(0), call.flags);
  if (kind == "FSCONFIG") {
    return fmt::format("fsconfig({}, {}, {}, {}, {})", number(0), name_of(kCommands, number(1)), text(0), text(1),
                       number(2));
  }
  if (kind == "FSMOUNT") return fmt::format("fsmount({}, {:#x}, {:#x})", number(0), call.flags, number(1));
  if (kind == "OPEN_TREE") {
    return fmt::format("open_tree({}, {}, {})", directory(number(0)), text(0), flags_text(kTreeFlags, call.flags));
  }
  if (kind == "MOUNT_SETATTR") {
    return fmt::format("mount_setattr({}, {}, {}, {})", directory(number(0)), text(0),
                       flags_text(kTreeFlags, call.flags), attributes(call));
  }
  if (kind == "FSPICK") return fmt::format("fspick({}, {}, {:#x})", directory(number(0)), text(0), call.flags);
  if (kind == "PIVOT_ROOT") return fmt::format("pivot_root({}, {})", text(0), text(1));
  return fmt::format("move_mount({}, {}, {}, {}, {:#x})", directory(number(0)), text(0), directory(number(1)), text(1),
                     call.flags);
}

std::string result_text(int result) {
  const char* name = result < 0 ? ::strerrorname_np(-result) : nullptr;
  return name ? fmt::format("-{}", name) : fmt::format("{}", result);
}

std::string text(const Value& value) {
  Call call(value);
  return fmt::format("{} = {}", written(call), result_text(call.result));
}

bool has_cut_text(const Value& value) {
  std::vector<Text> texts = Call(value).texts;
  return std::any_of(texts.begin(), texts.end(), [](const Text& each) { return each.is_cut(); });
}

}  // namespace

std::span<const ValueType> mountsnoop_types() {
  static const ValueType kTypes[] = {
      {.name = "mount_call_t", .text = text, .is_cut = has_cut_text, .json_type = "string"}};
  return kTypes;
}

}  // namespace sonde::tools
