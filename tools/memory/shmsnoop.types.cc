// shmsnoop's type shm_call_t: the arguments of shmget(2), shmat(2), shmdt(2) and shmctl(2).
#include <sys/ipc.h>
#include <sys/shm.h>

#include "tool/formats/members.h"

namespace sonde::tools {
namespace {

using namespace tool;

constexpr Name kGetFlags[] = {{IPC_CREAT, "IPC_CREAT"},     {IPC_EXCL, "IPC_EXCL"},
                              {SHM_HUGETLB, "SHM_HUGETLB"}, {SHM_NORESERVE, "SHM_NORESERVE"},
                              {21 << 26, "SHM_HUGE_2MB"},   {30 << 26, "SHM_HUGE_1GB"}};
constexpr Name kAttachFlags[] = {
    {SHM_RDONLY, "SHM_RDONLY"}, {SHM_RND, "SHM_RND"}, {SHM_REMAP, "SHM_REMAP"}, {SHM_EXEC, "SHM_EXEC"}};
constexpr Name kCommands[] = {{IPC_RMID, "IPC_RMID"}, {IPC_SET, "IPC_SET"}, {IPC_STAT, "IPC_STAT"},
                              {IPC_INFO, "IPC_INFO"}, {11, "SHM_LOCK"},     {12, "SHM_UNLOCK"},
                              {13, "SHM_STAT"},       {14, "SHM_INFO"},     {15, "SHM_STAT_ANY"}};
constexpr uint32_t kHugeSize = 0x3fu << 26;  // a number, not bits

std::string flags_text(std::span<const Name> names, uint32_t flags) {
  std::string text, head = fmt::format("{:#x}", flags);
  if (flags == 0) return head;
  for (const Name& each : names) {
    auto bits = static_cast<uint32_t>(each.value);
    bool has = bits & kHugeSize ? (flags & kHugeSize) == bits : (flags & bits) == bits;
    if (!has) continue;
    text += (text.empty() ? "" : "|") + std::string(each.name);
    flags &= ~bits;
  }
  if (flags) text += fmt::format("{}0{:o}", text.empty() ? "" : "|", flags);
  return fmt::format("{} ({})", head, text);
}

std::string text(const Value& value) {
  Members call(value);
  uint64_t id = call.number("id"), number = call.number("number");
  auto flags = static_cast<uint32_t>(call.number("flags"));
  std::string_view kind = call.enumerator("kind");
  if (kind == "SHMGET")
    return fmt::format("key: {:#x}, size: {}, shmflg: {}", id, number, flags_text(kGetFlags, flags));
  if (kind == "SHMAT") {
    return fmt::format("shmid: {:#x}, shmaddr: {:#x}, shmflg: {}", id, number, flags_text(kAttachFlags, flags));
  }
  if (kind == "SHMDT") return fmt::format("shmaddr: {:#x}", number);
  return fmt::format("shmid: {:#x}, cmd: {} ({}), buf: {:#x}", id, flags, name_of(kCommands, flags), number);
}

}  // namespace

std::span<const ValueType> shmsnoop_types() {
  static const ValueType kTypes[] = {{.name = "shm_call_t", .text = text, .json_type = "string"}};
  return kTypes;
}

}  // namespace sonde::tools
