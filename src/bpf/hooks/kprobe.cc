// kprobe and kretprobe: the entry and the return of a kernel function, as an event of the kprobe PMU (Linux 4.17),
// which is gone with its descriptor.
#include <cerrno>
#include <cstdlib>

#include "bpf/hooks/hooks.h"
#include "bpf/hooks/kprobe_event.h"
#include "bpf/system/perf_event_open.h"
#include "bpf/system/permission.h"
#include "kernel/functions.h"

namespace sonde::bpf {
namespace {

bool is_address(const std::string& target) { return target.starts_with("0x"); }

// Other errors say nothing of the place: no descriptors, no memory.
bool is_about_place(int code) {
  return code == EINVAL || code == EILSEQ || code == ENOENT || code == EADDRNOTAVAIL || code == EOPNOTSUPP;
}

int open_pmu_event(const Hook& request, bool on_return, int type, base::Fd& event) {
  perf_event_attr attr{};
  attr.type = static_cast<uint32_t>(type);
  attr.config = on_return ? pmu_retprobe_bit("kprobe") : 0;
  if (is_address(request.target)) {
    attr.kprobe_addr = std::strtoull(request.target.c_str(), nullptr, 16) + request.as<KernelFunction>().offset;
  } else {
    attr.kprobe_func = reinterpret_cast<uint64_t>(request.target.c_str());
    attr.probe_offset = request.as<KernelFunction>().offset;
  }
  attr.sample_period = 1;
  attr.wakeup_events = 1;
  event = perf_event_open(attr, -1, any_online_cpu());
  return event.valid() ? 0 : errno;
}

Result<Link> attach(int program, const Hook& request, bool on_return) {
  base::Fd event;
  if (int code = open_pmu_event(request, on_return, pmu_type("kprobe"), event); code != 0)
    return kprobe_failed(request, code);
  auto link = link_program(event, program, request.as<KernelFunction>().cookie);
  if (!link) return tl::unexpected(base::in_context(request.phrase(), link.error()));
  Link both(std::move(event));
  if (link->valid()) both.add(std::move(*link));
  return both;
}

}  // namespace

tl::unexpected<Error> kprobe_failed(const Hook& request, int code) {
  std::string what = request.phrase();
  if (!is_about_place(code)) return fail_system(code, what);
  if (is_address(request.target)) return base::fail_errno(code, what, "no function that can be probed lies there");
  kernel::FunctionFinding finding = kernel::examine_function(request.target);
  using State = kernel::FunctionFinding::State;
  switch (finding.state) {
    case State::kMissing:
      return base::fail(ErrorKind::kNotFound, fmt::format("{}: {}", what, finding.phrase),
                        "a function that the compiler inlined everywhere has no address to probe either");
    case State::kRenamed:
      return base::fail(ErrorKind::kNotFound, fmt::format("{}: {}", what, finding.phrase),
                        fmt::format("{} can be probed, but its parameters may be others", finding.suggestion));
    case State::kFine:
    case State::kUnknown: break;
    default: return base::fail(ErrorKind::kInvalid, fmt::format("{}: {}", what, finding.phrase));
  }
  if (finding.state == State::kFine && (code == EADDRNOTAVAIL || code == ENOENT)) {
    return base::fail_errno(code, what, "several functions of this name exist: give the address instead");
  }
  if (request.as<KernelFunction>().offset > 0) {
    return base::fail_errno(code, fmt::format("{}+{}", what, request.as<KernelFunction>().offset),
                            "is there an instruction's start at this offset?");
  }
  return base::fail_errno(code, what);
}

bool is_one_function(const std::string& name) {
  int type = pmu_type("kprobe");
  Hook request{HookKind::kKretprobe, name, KernelFunction{.offset = 1}};
  base::Fd event;
  int code = type < 0 ? 0 : open_pmu_event(request, true, type, event);
  return code != EADDRNOTAVAIL && code != ENOENT;
}

Result<Link> attach_kprobe(int program, const Hook& request) { return attach(program, request, false); }
Result<Link> attach_kretprobe(int program, const Hook& request) { return attach(program, request, true); }

}  // namespace sonde::bpf
