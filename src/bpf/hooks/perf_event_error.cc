#include "bpf/hooks/perf_event_error.h"

#include <linux/perf_event.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "bpf/system/permission.h"
#include "kernel/cpus.h"

namespace sonde::bpf {
namespace {

constexpr std::array kHardware = {
    "cpu-cycles",    "instructions", "cache-references",        "cache-misses",           "branch-instructions",
    "branch-misses", "bus-cycles",   "stalled-cycles-frontend", "stalled-cycles-backend", "ref-cycles"};
constexpr std::array kSoftware = {"cpu-clock",        "task-clock",   "page-faults",  "context-switches",
                                  "cpu-migrations",   "minor-faults", "major-faults", "alignment-faults",
                                  "emulation-faults", "dummy",        "bpf-output",   "cgroup-switches"};
constexpr std::array kCaches = {"L1-dcache", "L1-icache", "LLC", "dTLB", "iTLB", "branch", "node"};
constexpr std::array kOperations = {"load", "store", "prefetch"};

struct Cache {
  explicit Cache(uint64_t config) : id(config & 0xff), operation(config >> 8 & 0xff), result(config >> 16) {}
  bool valid() const { return id < kCaches.size() && operation < kOperations.size() && result < 2; }
  uint64_t id, operation, result;
};

constexpr const char* kHertz = "/proc/sys/kernel/perf_event_max_sample_rate";
constexpr const char* kParanoia = "/proc/sys/kernel/perf_event_paranoid";

std::string setting(const char* path) {
  auto text = base::read_file(path);
  if (!text) return "unknown";
  return text->substr(0, text->find('\n'));
}

std::string label(const PerfEvent& wanted) { return "perf_event " + perf_event_name(wanted.type, wanted.config); }

tl::unexpected<Error> invalid(const PerfEvent& wanted, std::string_view what, std::string hint) {
  return base::fail(ErrorKind::kInvalid, fmt::format("{}: {}", label(wanted), what), std::move(hint));
}

bool is_hardware(const PerfEvent& wanted) {
  return wanted.type == PERF_TYPE_HARDWARE || wanted.type == PERF_TYPE_HW_CACHE || wanted.type == PERF_TYPE_RAW;
}

// The processor's own counters register as "cpu", "cpu_core", "armv8_pmuv3_0" and the like.
bool has_counters() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/bus/event_source/devices", ignored)) {
    std::string name = entry.path().filename();
    if (name.starts_with("cpu") || name.starts_with("arm")) return true;
  }
  return false;
}

tl::unexpected<Error> no_such_event(const PerfEvent& wanted) {
  std::string what = label(wanted);
  if (!is_hardware(wanted)) return base::fail(ErrorKind::kUnsupported, what + ": this kernel has no such event");
  const char* instead = "the software event cpu-clock (type 1, config 0) samples by time, everywhere";
  if (has_counters()) return base::fail(ErrorKind::kUnsupported, what + ": this processor has no such event", instead);
  return base::fail(ErrorKind::kUnsupported, what + ": this machine has no hardware counters, like many virtual ones",
                    instead);
}

tl::unexpected<Error> not_permitted(const PerfEvent& wanted, int code) {
  std::string hint = fmt::format("kernel.perf_event_paranoid is {}; {}", setting(kParanoia), permission_hint());
  return base::fail_errno(code, label(wanted), std::move(hint));
}

tl::unexpected<Error> not_taken(const PerfEvent& wanted) {
  uint64_t hertz = std::strtoull(setting(kHertz).c_str(), nullptr, 10);
  if (wanted.sample_freq > hertz && hertz > 0) {
    return invalid(
        wanted,
        fmt::format("a sample_freq of {} Hz is above kernel.perf_event_max_sample_rate, which is {}",
                    wanted.sample_freq, hertz),
        "ask for less; the kernel lowers the limit by itself when sampling takes too long, and sysctl raises it again");
  }
  if (wanted.sample_period >> 63) return invalid(wanted, "a sample_period of 2^63 or more cannot be counted", "");
  if (wanted.group_fd >= 0) {
    return invalid(wanted, fmt::format("it cannot be in the group of descriptor {}", wanted.group_fd),
                   "a group's leader leads itself, and all of a group are on one CPU and of one process");
  }
  return invalid(wanted, "the kernel does not take this combination",
                 wanted.attr.empty() ? "" : "see perf_event_open(2) on the fields of the perf_event_attr");
}

bool is_online(int cpu) {
  auto online = kernel::online_cpus();
  return !online || std::find(online->begin(), online->end(), cpu) != online->end();
}

Status check_config(const PerfEvent& wanted) {
  bool known = wanted.type == PERF_TYPE_HARDWARE   ? (wanted.config & 0xffffffff) < kHardware.size()
               : wanted.type == PERF_TYPE_SOFTWARE ? wanted.config < kSoftware.size()
               : wanted.type == PERF_TYPE_HW_CACHE ? Cache(wanted.config & 0xffffffff).valid()
                                                   : true;
  if (known) return {};
  return invalid(
      wanted, "there is no such config for the type",
      wanted.type == PERF_TYPE_HW_CACHE ? "of a cache event it is CACHE | OPERATION << 8 | RESULT << 16" : "");
}

tl::unexpected<Error> explain(const PerfEvent& wanted, int pid, int cpu, int code) {
  if (cpu >= 0 && !is_online(cpu)) {
    auto online = base::read_file("/sys/devices/system/cpu/online");
    return base::fail(ErrorKind::kNotFound, fmt::format("{}: CPU {} is not online", label(wanted), cpu),
                      online ? fmt::format("online: {}", online->substr(0, online->find('\n'))) : "");
  }
  switch (code) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP: return no_such_event(wanted);
    case EPERM:
    case EACCES: return not_permitted(wanted, code);
    case EINVAL: return not_taken(wanted);
    case ESRCH: return base::fail(ErrorKind::kNotFound, fmt::format("{}: there is no process {}", label(wanted), pid));
    case EBADF:
      return invalid(wanted, fmt::format("group_fd {} is no descriptor of a perf event", wanted.group_fd), "");
    case EMFILE:
      return base::fail_errno(code, label(wanted),
                              "each CPU, or each thread of the process, takes a descriptor: raise ulimit -n");
    default: return base::fail_errno(code, label(wanted));
  }
}

}  // namespace

std::string perf_event_name(uint32_t type, uint64_t config) {
  uint64_t low = config & 0xffffffff;  // above it: which of several kinds of processor
  if (type == PERF_TYPE_HARDWARE && low < kHardware.size()) return kHardware[low];
  if (type == PERF_TYPE_SOFTWARE && config < kSoftware.size()) return kSoftware[config];
  Cache cache(low);
  if (type == PERF_TYPE_HW_CACHE && cache.valid()) {
    const char* result = cache.result == 1 ? "-misses" : cache.operation == 2 ? "es" : "s";
    return fmt::format("{}-{}{}", kCaches[cache.id], kOperations[cache.operation], result);
  }
  return fmt::format("type {} config {:#x}", type, config);
}

Status check_perf_event(const PerfEvent& wanted) {
  if (!wanted.attr.empty()) return {};
  if (wanted.type == PERF_TYPE_TRACEPOINT)
    return invalid(wanted, "this type is of tracepoints", "attach_tracepoint() takes them by their names");
  if (wanted.type == PERF_TYPE_BREAKPOINT) {
    return invalid(wanted, "this type is of breakpoints", "attach_perf_event_raw() takes them with their addresses");
  }
  RETURN_IF_ERROR(check_config(wanted));
  if ((wanted.sample_period > 0) == (wanted.sample_freq > 0)) {
    return invalid(wanted, "exactly one of sample_period and sample_freq must be given",
                   "sample_period=1000: at every 1000th event; sample_freq=99: about 99 times a second");
  }
  return {};
}

tl::unexpected<Error> perf_event_failed(const PerfEvent& wanted, int pid, int cpu, int code) {
  Error error = explain(wanted, pid, cpu, code).value();
  error.code = code;
  return tl::unexpected(std::move(error));
}

}  // namespace sonde::bpf
