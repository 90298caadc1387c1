// uprobe and uretprobe: an offset in a file that processes run.
#include <cerrno>
#include <charconv>

#include "base/file.h"
#include "bpf/hooks.h"
#include "bpf/perf_event_open.h"
#include "bpf/permission.h"
#include "kernel/release.h"

namespace sonde::bpf {
namespace {

struct Place {
  std::string path;
  uint64_t offset = 0;
};

// "/usr/bin/x:0x1234": an offset in the file, not an address and not a symbol.
Result<Place> parse_place(const HookRequest& request) {
  size_t colon = request.target.rfind(':');
  Place place{request.target.substr(0, colon), request.offset};
  if (colon == std::string::npos) return place;
  std::string_view text = std::string_view(request.target).substr(colon + 1);
  int radix = text.starts_with("0x") ? 16 : 10;
  if (radix == 16) text.remove_prefix(2);
  uint64_t offset = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset, radix);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{} {}: not of the form PATH:OFFSET", request.kind, request.target),
                      "the offset is that of the instruction in the file, for example /usr/bin/bash:0x2f4a0");
  }
  place.offset += offset;
  return place;
}

Result<Link> attach(int program, const HookRequest& request, bool on_return) {
  ASSIGN_OR_RETURN(Place place, parse_place(request));
  std::string what = fmt::format("{} {}:{:#x}", request.kind, place.path, place.offset);
  int type = pmu_type("uprobe");
  if (type < 0) {
    return base::fail(ErrorKind::kUnsupported, fmt::format("{}: this kernel ({}) has no uprobes", what, kernel::running_release()),
                      "it takes Linux 4.17 with CONFIG_UPROBE_EVENTS");
  }
  perf_event_attr attr{};
  attr.type = static_cast<uint32_t>(type);
  attr.config = on_return ? pmu_retprobe_bit("uprobe") : 0;
  attr.uprobe_path = reinterpret_cast<uint64_t>(place.path.c_str());
  attr.probe_offset = place.offset;
  attr.sample_period = 1;
  attr.wakeup_events = 1;
  base::Fd event = perf_event_open(attr, request.pid, request.pid > 0 ? -1 : any_online_cpu());
  if (!event.valid()) {
    int code = errno;
    if (!base::file_exists(place.path)) return base::fail_errno(ENOENT, what);
    return fail_system(code, what, code == EINVAL ? "no instruction starts at this offset, or it lies outside of the file's code" : "");
  }
  auto set = set_program(event, program);
  if (!set) return tl::unexpected(base::in_context(what, set.error()));
  return Link(std::move(event));
}

}  // namespace

Result<Link> attach_uprobe(int program, const HookRequest& request) { return attach(program, request, false); }
Result<Link> attach_uretprobe(int program, const HookRequest& request) { return attach(program, request, true); }

}  // namespace sonde::bpf
