// uprobe and uretprobe: an event of the uprobe PMU for each place in a file that processes run, which is gone with its
// descriptor. USDT probes are uprobes with a semaphore and a cookie.
#include <cerrno>

#include "bpf/hooks/hooks.h"
#include "bpf/hooks/uprobe_failure.h"
#include "bpf/hooks/uprobe_place.h"
#include "bpf/system/perf_event_open.h"
#include "kernel/features.h"

namespace sonde::bpf {
namespace {

constexpr unsigned kSemaphoreShift = 32;  // format/ref_ctr_offset: "config:32-63"

Status check_kernel(const UserProbe& wanted) {
  for (const UserProbe::Place& place : wanted.places) {
    const char* needed = place.semaphore_offset != 0 ? "uprobe_semaphore"
                         : place.cookie != 0         ? "perf_event_cookie"
                                                     : nullptr;
    if (place.semaphore_offset > UINT32_MAX) {
      return base::fail(ErrorKind::kUnsupported, fmt::format("{}: its semaphore lies beyond 4 GiB", wanted.path));
    }
    if (!needed || kernel::has_feature(needed)) continue;
    return base::fail(
        ErrorKind::kUnsupported,
        fmt::format("{}: this kernel cannot {}", wanted.path,
                    place.semaphore_offset != 0 ? "count semaphores" : "tell the places of one program apart"),
        fmt::format("it takes Linux {}", kernel::feature_since(needed)));
  }
  return {};
}

base::Fd open_event(const std::string& path, const UserProbe::Place& place, uint64_t return_bit, int pid) {
  perf_event_attr attr{};
  attr.type = static_cast<uint32_t>(pmu_type("uprobe"));
  attr.config = return_bit | place.semaphore_offset << kSemaphoreShift;
  attr.uprobe_path = reinterpret_cast<uint64_t>(path.c_str());
  attr.probe_offset = place.offset;
  attr.sample_period = 1;
  attr.wakeup_events = 1;
  return perf_event_open(attr, pid > 0 ? pid : -1, pid > 0 ? -1 : any_online_cpu());
}

Status attach_place(Link& link, int program, const UserProbe& wanted, const UserProbe::Place& place,
                    uint64_t return_bit, int pid) {
  base::Fd event = open_event(wanted.path, place, return_bit, pid);
  if (!event.valid()) return uprobe_failed(errno, wanted, place, pid);
  if (place.cookie != 0) {
    ASSIGN_OR_RETURN(base::Fd linked, link_program(event, program, place.cookie));
    link.add(std::move(linked));
  } else {
    RETURN_IF_ERROR(set_program(event, program));
  }
  link.add(std::move(event));
  return {};
}

Result<Link> attach_places(int program, const Hook& request, bool on_return) {
  ASSIGN_OR_RETURN(UserProbe wanted, places_of(request));
  RETURN_IF_ERROR(settle_places(wanted));
  RETURN_IF_ERROR(check_kernel(wanted));
  Link link;
  uint64_t return_bit = on_return ? pmu_retprobe_bit("uprobe") : 0;
  for (const UserProbe::Place& place : wanted.places) {
    RETURN_IF_ERROR(attach_place(link, program, wanted, place, return_bit, wanted.pid));
  }
  return link;
}

Result<Link> attach(int program, const Hook& request, bool on_return) {
  auto link = attach_places(program, request, on_return);
  if (link) return link;
  return tl::unexpected(base::in_context(request.phrase(), link.error()));
}

}  // namespace

Result<Link> attach_uprobe(int program, const Hook& request) { return attach(program, request, false); }
Result<Link> attach_uretprobe(int program, const Hook& request) { return attach(program, request, true); }

}  // namespace sonde::bpf
