// perf_event: hardware and software counters, and timers, on each CPU.
#include <cerrno>

#include "bpf/hooks.h"
#include "bpf/perf_event_open.h"
#include "bpf/permission.h"
#include "kernel/cpus.h"

namespace sonde::bpf {
namespace {

Status check(const PerfEventWanted& wanted) {
  if ((wanted.sample_period > 0) == (wanted.sample_freq > 0)) {
    return base::fail(ErrorKind::kInvalid, "perf_event: exactly one of sample_period and sample_freq must be given");
  }
  return {};
}

tl::unexpected<Error> open_failed(const PerfEventWanted& wanted, int cpu, int code) {
  std::string what = fmt::format("perf_event type {} config {} on CPU {}", wanted.type, wanted.config, cpu);
  if (code == ENOENT || code == EOPNOTSUPP || code == ENODEV) {
    bool hardware = wanted.type == PERF_TYPE_HARDWARE || wanted.type == PERF_TYPE_HW_CACHE || wanted.type == PERF_TYPE_RAW;
    return base::fail(ErrorKind::kUnsupported, fmt::format("{}: this machine has no such event", what),
                      hardware ? "virtual machines often have no hardware counters; the software event CPU_CLOCK works everywhere" : "");
  }
  return fail_system(code, what, code == EINVAL ? "the frequency may be above kernel.perf_event_max_sample_rate" : "");
}

Result<base::Fd> open_on(const PerfEventWanted& wanted, int cpu, int program) {
  perf_event_attr attr{};
  attr.type = wanted.type;
  attr.config = wanted.config;
  attr.freq = wanted.sample_freq > 0;
  if (attr.freq) {
    attr.sample_freq = wanted.sample_freq;
  } else {
    attr.sample_period = wanted.sample_period;
  }
  attr.inherit = wanted.pid > 0 && cpu >= 0;
  base::Fd event = perf_event_open(attr, wanted.pid > 0 ? wanted.pid : -1, cpu, wanted.group_fd);
  // Events with a program may not be inherited on every kernel: without it only the one thread is seen.
  if (!event.valid() && attr.inherit) {
    attr.inherit = 0;
    event = perf_event_open(attr, wanted.pid, cpu, wanted.group_fd);
  }
  if (!event.valid()) return open_failed(wanted, cpu, errno);
  RETURN_IF_ERROR(set_program(event, program));
  return event;
}

}  // namespace

Result<Link> attach_perf_event(int program, const HookRequest& request) {
  const PerfEventWanted& wanted = request.perf_event;
  RETURN_IF_ERROR(check(wanted));
  std::vector<int> cpus{wanted.cpu};
  if (wanted.cpu < 0) {
    ASSIGN_OR_RETURN(cpus, kernel::online_cpus());
  }
  Link link;
  for (int cpu : cpus) {
    ASSIGN_OR_RETURN(base::Fd event, open_on(wanted, cpu, program));
    link.add(std::move(event));
  }
  return link;
}

}  // namespace sonde::bpf
