// uprobe_multi and uretprobe_multi: many places of one file in one link, which takes and gives up hundreds of them in
// the time of a few events (Linux 6.6).
#include <cerrno>

#include "bpf/hooks/hooks.h"
#include "bpf/hooks/uprobe_failure.h"
#include "bpf/hooks/uprobe_place.h"
#include "kernel/uprobe_multi.h"

namespace sonde::bpf {
namespace {

// One field of all places; empty when it is 0 in each of them.
std::vector<uint64_t> column(const std::vector<UserProbe::Place>& places, uint64_t UserProbe::Place::* field) {
  std::vector<uint64_t> values;
  bool any = false;
  for (const UserProbe::Place& place : places) {
    values.push_back(place.*field);
    any = any || place.*field != 0;
  }
  return any ? values : std::vector<uint64_t>();
}

uint64_t pointer_to(const std::vector<uint64_t>& values) {
  return values.empty() ? 0 : reinterpret_cast<uint64_t>(values.data());
}

int create_link(int program, const UserProbe& wanted, int pid, bool on_return) {
  std::vector<uint64_t> offsets;
  for (const UserProbe::Place& place : wanted.places) offsets.push_back(place.offset);
  std::vector<uint64_t> semaphores = column(wanted.places, &UserProbe::Place::semaphore_offset);
  std::vector<uint64_t> cookies = column(wanted.places, &UserProbe::Place::cookie);
  kernel::UprobeMultiLink link;
  link.program = static_cast<uint32_t>(program);
  link.path = reinterpret_cast<uint64_t>(wanted.path.c_str());
  link.offsets = pointer_to(offsets);
  link.semaphore_offsets = pointer_to(semaphores);
  link.cookies = pointer_to(cookies);
  link.count = static_cast<uint32_t>(offsets.size());
  link.flags = on_return ? kernel::kUprobeMultiReturn : 0;
  link.pid = pid > 0 ? static_cast<uint32_t>(pid) : 0;
  return kernel::create_uprobe_multi(link);
}

Result<Link> attach_places(int program, const Hook& request, bool on_return) {
  ASSIGN_OR_RETURN(UserProbe wanted, places_of(request));
  RETURN_IF_ERROR(settle_places(wanted));
  if (wanted.places.empty()) return base::fail(ErrorKind::kInvalid, fmt::format("{}: no place is given", wanted.path));
  base::Fd fd(create_link(program, wanted, wanted.pid, on_return));
  if (!fd.valid()) return uprobe_failed(errno, wanted, wanted.places.front(), wanted.pid);
  return Link(std::move(fd));
}

Result<Link> attach(int program, const Hook& request, bool on_return) {
  auto link = attach_places(program, request, on_return);
  if (link) return link;
  return tl::unexpected(base::in_context(request.phrase(), link.error()));
}

}  // namespace

Result<Link> attach_uprobe_multi(int program, const Hook& request) { return attach(program, request, false); }
Result<Link> attach_uretprobe_multi(int program, const Hook& request) { return attach(program, request, true); }

}  // namespace sonde::bpf
