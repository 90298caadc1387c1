#include "bpf/system/perf_event_open.h"

#include <bpf/bpf.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/file.h"
#include "bpf/system/permission.h"
#include "kernel/cpus.h"
#include "kernel/features.h"

namespace sonde::bpf {

base::Fd perf_event_open(perf_event_attr& attr, int pid, int cpu, int group_fd) {
  attr.size = sizeof attr;
  return base::Fd(static_cast<int>(::syscall(SYS_perf_event_open, &attr, pid, cpu, group_fd, PERF_FLAG_FD_CLOEXEC)));
}

base::Fd perf_event_open(std::string attr, int pid, int cpu, int group_fd, unsigned long flags) {
  flags |= PERF_FLAG_FD_CLOEXEC;
  return base::Fd(static_cast<int>(::syscall(SYS_perf_event_open, attr.data(), pid, cpu, group_fd, flags)));
}

tl::unexpected<Error> attach_failed(int code) {
  if (code == E2BIG)
    return base::fail(ErrorKind::kFailed, "as many programs as the kernel allows (64) are attached there already");
  if (code == EEXIST) return base::fail(ErrorKind::kFailed, "this program is attached there already");
  return fail_system(code, "the kernel would not attach the program",
                     code == EINVAL ? "the program reads more of the context than this event has" : "");
}

Status enable_event(const base::Fd& event) {
  if (::ioctl(event.get(), PERF_EVENT_IOC_ENABLE, 0) != 0)
    return fail_system(errno, "the kernel would not start the event");
  return {};
}

Status set_program(const base::Fd& event, int program) {
  if (::ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, program) != 0) return attach_failed(errno);
  return enable_event(event);
}

Result<base::Fd> link_program(const base::Fd& event, int program, uint64_t cookie) {
  LIBBPF_OPTS(bpf_link_create_opts, options, .perf_event = {.bpf_cookie = cookie});
  base::Fd link(bpf_link_create(program, event.get(), BPF_PERF_EVENT, &options));
  if (link.valid()) {
    RETURN_IF_ERROR(enable_event(event));
    return link;
  }
  if (errno != EINVAL) return attach_failed(errno);
  if (cookie != 0 && !kernel::has_feature("perf_event_cookie")) {
    return base::fail(ErrorKind::kUnsupported, "this kernel cannot tell the places of one program apart",
                      fmt::format("it takes Linux {}", kernel::feature_since("perf_event_cookie")));
  }
  if (cookie != 0) return attach_failed(EINVAL);
  RETURN_IF_ERROR(set_program(event, program));  // before Linux 5.15
  return base::Fd();
}

int pmu_type(const std::string& pmu) {
  auto text = base::read_file("/sys/bus/event_source/devices/" + pmu + "/type");
  return text ? std::atoi(text->c_str()) : -1;
}

uint64_t pmu_retprobe_bit(const std::string& pmu) {
  auto text = base::read_file("/sys/bus/event_source/devices/" + pmu + "/format/retprobe");  // "config:0"
  size_t colon = text ? text->find(':') : std::string::npos;
  int bit = colon == std::string::npos ? 0 : std::atoi(text->c_str() + colon + 1);
  return uint64_t{1} << (bit >= 0 && bit < 64 ? bit : 0);
}

int any_online_cpu() {
  auto cpus = kernel::online_cpus();
  return cpus ? cpus->front() : 0;
}

}  // namespace sonde::bpf
