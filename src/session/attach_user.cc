// Session: programs to places in user programs.
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "bpf/hook_uprobe_place.h"
#include "elf/file.h"
#include "session/session_state.h"
#include "usdt/probe.h"

namespace sonde {
namespace {

std::string of_process(int pid) { return pid > 0 ? fmt::format(" pid {}", pid) : ""; }

std::string place_target(const std::string& binary, uint64_t offset, int pid) {
  return fmt::format("{}:{:#x}{}", binary, offset, of_process(pid));
}

bool has_ended(int pid) { return pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH; }

// How a place is called in records and by detach(): "c:malloc+0x10 pid 181", "/usr/bin/x:0x1234".
std::string target_of(const Session::UserProbe& place, const bpf::UserPlacesWanted& found) {
  if (place.symbol.empty()) return place_target(place.binary, found.places.front().offset, place.pid);
  std::string offset = place.offset == 0 ? "" : fmt::format("+{:#x}", place.offset);
  return fmt::format("{}:{}{}{}", place.binary, place.symbol, offset, of_process(place.pid));
}

Result<bpf::HookRequest> request_for(const char* kind, const Session::UserProbe& place) {
  auto found = bpf::find_place({place.binary, place.symbol, place.address, place.offset, place.pid});
  if (!found) {
    return tl::unexpected(base::in_context(
        fmt::format("{} {}{}{}", kind, place.binary, place.symbol.empty() ? "" : ":", place.symbol), found.error()));
  }
  bpf::HookRequest request{kind, target_of(place, *found)};
  request.pid = place.pid;
  request.user = std::move(*found);
  return request;
}

Result<bpf::HookRequest> request_for(const char* kind, const std::string& binary, const std::string& pattern, int pid) {
  auto found = bpf::find_places(binary, pattern, pid);
  if (!found) return tl::unexpected(base::in_context(fmt::format("{} {}:/{}/", kind, binary, pattern), found.error()));
  bpf::HookRequest request{kind, fmt::format("{}:/{}/{}", binary, pattern, of_process(pid))};
  request.pid = pid;
  request.user = std::move(*found);
  return request;
}

// A USDT probe that is given by its address is guarded all the same: who skips it while its semaphore is 0 would never come there.
void add_semaphores(bpf::UserPlacesWanted& wanted) {
  auto file = elf::File::open(wanted.path);
  if (!file) return;  // attaching says why
  std::map<uint64_t, uint64_t> semaphores = usdt::semaphores_of(*file);
  for (bpf::UserPlace& place : wanted.places) {
    auto found = semaphores.find(place.offset);
    if (found != semaphores.end()) place.semaphore_offset = found->second;
  }
}

bpf::HookRequest request_for(const char* kind, const std::string& path, std::span<const uint64_t> offsets, int pid) {
  bpf::HookRequest request{kind, fmt::format("{}:{} places{}", path, offsets.size(), of_process(pid))};
  if (offsets.size() == 1) request.target = place_target(path, offsets.front(), pid);
  request.pid = pid;
  request.user.path = path;
  for (uint64_t offset : offsets) request.user.places.push_back({offset});
  return request;
}

}  // namespace

Status Session::attach_uprobe(const UserProbe& place, const std::string& program) {
  ASSIGN_OR_RETURN(bpf::HookRequest request, request_for("uprobe", place));
  if (place.symbol.empty()) add_semaphores(request.user);
  return state_->attach(program, request);
}

Status Session::attach_uretprobe(const UserProbe& place, const std::string& program) {
  ASSIGN_OR_RETURN(bpf::HookRequest request, request_for("uretprobe", place));
  return state_->attach(program, request);
}

Result<size_t> Session::attach_uprobes(const std::string& binary, const std::string& pattern,
                                       const std::string& program, int pid) {
  ASSIGN_OR_RETURN(bpf::HookRequest request, request_for("uprobe", binary, pattern, pid));
  RETURN_IF_ERROR(state_->attach(program, request));
  return request.user.places.size();
}

Result<size_t> Session::attach_uretprobes(const std::string& binary, const std::string& pattern,
                                          const std::string& program, int pid) {
  ASSIGN_OR_RETURN(bpf::HookRequest request, request_for("uretprobe", binary, pattern, pid));
  RETURN_IF_ERROR(state_->attach(program, request));
  return request.user.places.size();
}

Status Session::attach_uprobes_at(const std::string& path, std::span<const uint64_t> offsets,
                                  const std::string& program, int pid) {
  bpf::HookRequest request = request_for("uprobe", path, offsets, pid);
  add_semaphores(request.user);
  return state_->attach(program, request);
}

Status Session::attach_uretprobes_at(const std::string& path, std::span<const uint64_t> offsets,
                                     const std::string& program, int pid) {
  return state_->attach(program, request_for("uretprobe", path, offsets, pid));
}

Result<bool> Session::State::detach_place(const std::string& kind, const std::string& target,
                                          const std::string& program_name) {
  for (size_t i = attached.size(); i-- > 0;) {
    Attached& each = attached[i];
    if (each.wanted.kind != kind || (!program_name.empty() && each.record.program != program_name)) continue;
    std::vector<bpf::UserPlace> rest = each.wanted.user.places;
    auto is_target = [&](const bpf::UserPlace& place) {
      return place_target(each.wanted.user.path, place.offset, each.wanted.pid) == target;
    };
    if (std::erase_if(rest, is_target) == 0) continue;
    bpf::HookRequest remaining = each.wanted;
    Attachment record = each.record;
    attached.erase(attached.begin() + static_cast<ptrdiff_t>(i));
    remaining.user.places = std::move(rest);
    if (remaining.user.places.empty()) return true;
    Status again = attach(record.program, remaining);
    if (!again && !has_ended(remaining.pid)) return tl::unexpected(again.error());
    // Of a process that has ended there is nothing to attach to; its other places are to be detached all the same.
    if (!again) attached.push_back({std::move(remaining), std::move(record), bpf::Link()});
    return true;
  }
  return false;
}

}  // namespace sonde
