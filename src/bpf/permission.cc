// Why the kernel said "not permitted", and what to do about it.
#include "bpf/permission.h"

#include <linux/capability.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/file.h"

namespace sonde::bpf {
namespace {

constexpr uint64_t bit(int capability) { return uint64_t{1} << capability; }

uint64_t effective_capabilities() {
  auto status = base::read_file("/proc/self/status");
  size_t at = status ? status->find("CapEff:") : std::string::npos;
  return at == std::string::npos ? 0 : std::strtoull(status->c_str() + at + 7, nullptr, 16);
}

bool filtered_by_seccomp() {
  auto status = base::read_file("/proc/self/status");
  size_t at = status ? status->find("Seccomp:") : std::string::npos;
  return at != std::string::npos && std::atoi(status->c_str() + at + 8) != 0;
}

}  // namespace

bool may_load_programs() {
  uint64_t held = effective_capabilities();
  uint64_t modern = bit(CAP_BPF) | bit(CAP_PERFMON);
  return (held & bit(CAP_SYS_ADMIN)) != 0 || (held & modern) == modern;
}

std::string lockdown_mode(const std::string& text) {
  size_t open = text.find('['), close = text.find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return "none";
  return text.substr(open + 1, close - open - 1);
}

std::string permission_hint() {
  if (!may_load_programs()) {
    return ::geteuid() == 0 ? "root here lacks the capabilities: run with CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN "
                              "(in a container: --privileged)"
                            : "run as root (sudo), or with the capabilities CAP_BPF and CAP_PERFMON";
  }
  auto lockdown = base::read_file("/sys/kernel/security/lockdown");
  std::string mode = lockdown ? lockdown_mode(*lockdown) : "none";
  if (mode != "none") {
    return fmt::format("the kernel is locked down ({}): boot with lockdown=none or without Secure Boot to trace it", mode);
  }
  if (filtered_by_seccomp()) return "a seccomp filter of this process or its container may refuse bpf() or perf_event_open()";
  return "a security module (see dmesg or the audit log) may have refused it";
}

tl::unexpected<Error> fail_system(int code, const std::string& what, std::string hint) {
  if (code == EPERM || code == EACCES) hint = permission_hint();
  return base::fail_errno(code, what, std::move(hint));
}

}  // namespace sonde::bpf
