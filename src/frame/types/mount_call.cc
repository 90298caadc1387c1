// mount_call_t: a call of mount(2) or one of its kin, as strace(1) writes it.
#include <sys/mount.h>

#include <cstring>

#include "frame/value_text.h"
#include "frame/value_type.h"

namespace sonde::frame {
namespace {

// mount_call_t of tools/tool.h.
struct Call {
  uint32_t kind;
  int32_t result;
  uint64_t flags;
  int64_t numbers[3];
  char is_null[4];
  char texts[4][256];
};

constexpr Name kMountFlags[] = {
    {MS_RDONLY, "MS_RDONLY"},       {MS_NOSUID, "MS_NOSUID"},   {MS_NODEV, "MS_NODEV"},           {MS_NOEXEC, "MS_NOEXEC"},
    {MS_SYNCHRONOUS, "MS_SYNCHRONOUS"}, {MS_REMOUNT, "MS_REMOUNT"}, {MS_MANDLOCK, "MS_MANDLOCK"}, {MS_DIRSYNC, "MS_DIRSYNC"},
    {MS_NOATIME, "MS_NOATIME"},     {MS_NODIRATIME, "MS_NODIRATIME"}, {MS_BIND, "MS_BIND"},       {MS_MOVE, "MS_MOVE"},
    {MS_REC, "MS_REC"},             {MS_SILENT, "MS_SILENT"},   {MS_POSIXACL, "MS_POSIXACL"},     {MS_UNBINDABLE, "MS_UNBINDABLE"},
    {MS_PRIVATE, "MS_PRIVATE"},     {MS_SLAVE, "MS_SLAVE"},     {MS_SHARED, "MS_SHARED"},         {MS_RELATIME, "MS_RELATIME"},
    {MS_KERNMOUNT, "MS_KERNMOUNT"}, {MS_I_VERSION, "MS_I_VERSION"}, {MS_STRICTATIME, "MS_STRICTATIME"}, {MS_LAZYTIME, "MS_LAZYTIME"},
    {MS_ACTIVE, "MS_ACTIVE"},       {MS_NOUSER, "MS_NOUSER"},
};
constexpr Name kUmountFlags[] = {{1, "MNT_FORCE"}, {2, "MNT_DETACH"}, {4, "MNT_EXPIRE"}, {8, "UMOUNT_NOFOLLOW"}};
constexpr Name kCommands[] = {{0, "FSCONFIG_SET_FLAG"},        {1, "FSCONFIG_SET_STRING"},  {2, "FSCONFIG_SET_BINARY"},
                              {3, "FSCONFIG_SET_PATH"},        {4, "FSCONFIG_SET_PATH_EMPTY"}, {5, "FSCONFIG_SET_FD"},
                              {6, "FSCONFIG_CMD_CREATE"},      {7, "FSCONFIG_CMD_RECONFIGURE"}};
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

std::string quoted(const Call& call, int at) {
  if (call.is_null[at]) return "NULL";
  std::string text = "\"";
  for (const char* c = call.texts[at]; c < call.texts[at] + sizeof call.texts[at] && *c; ++c) {
    if (*c == '"' || *c == '\\') text += '\\';
    text += *c;
  }
  return safe_text(text + "\"");
}

std::string directory(int64_t fd) { return fd == -100 ? "AT_FDCWD" : fmt::format("{}", fd); }

std::string written(const Call& call) {
  auto text = [&](int at) { return quoted(call, at); };
  switch (call.kind) {
    case 0: return fmt::format("mount({}, {}, {}, {}, {})", text(0), text(1), text(2), mount_flags(call.flags), text(3));
    case 1: return fmt::format("umount({}, {})", text(0), flags_text(kUmountFlags, call.flags));
    case 2: return fmt::format("fsopen({}, {:#x})", text(0), call.flags);
    case 3: return fmt::format("fsconfig({}, {}, {}, {}, {})", call.numbers[0], name_of(kCommands, call.numbers[1]), text(0), text(1), call.numbers[2]);
    case 4: return fmt::format("fsmount({}, {:#x}, {:#x})", call.numbers[0], call.flags, call.numbers[1]);
    default: return fmt::format("move_mount({}, {}, {}, {}, {:#x})", directory(call.numbers[0]), text(0), directory(call.numbers[1]), text(1), call.flags);
  }
}

std::string result_text(int result) {
  const char* name = result < 0 ? ::strerrorname_np(-result) : nullptr;
  return name ? fmt::format("-{}", name) : fmt::format("{}", result);
}

std::string text(const Value& value) {
  Call call{};
  std::memcpy(&call, value.bytes.data(), std::min(value.bytes.size(), sizeof call));
  return fmt::format("{} = {}", written(call), result_text(call.result));
}

}  // namespace

const ValueType& mount_call_type() {
  static const ValueType kType{
      .name = "mount_call_t",
      .text = text,
      .json_type = "string"};
  return kType;
}

}  // namespace sonde::frame
