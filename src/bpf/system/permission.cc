#include "bpf/system/permission.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace sonde::bpf {
namespace {

constexpr uint64_t bit(int capability) { return uint64_t{1} << capability; }

// Asked of the kernel, not of /proc, which may not be mounted.
uint64_t effective_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  if (::syscall(SYS_capget, &header, data) != 0) return 0;
  return data[0].effective | uint64_t{data[1].effective} << 32;
}

// There root has all capabilities, over what belongs to that namespace; the kernel wants those of the initial one. Its
// file has a fixed inode.
bool is_in_user_namespace() {
  constexpr ino_t kInitial = 0xEFFFFFFD;
  struct stat info{};
  return ::stat("/proc/self/ns/user", &info) == 0 && info.st_ino != kInitial;
}

bool has_capabilities() {
  uint64_t held = effective_capabilities();
  uint64_t modern = bit(CAP_BPF) | bit(CAP_PERFMON);
  return (held & bit(CAP_SYS_ADMIN)) != 0 || (held & modern) == modern;
}

std::string missing_rights() {
  if (has_capabilities()) {
    return "the capabilities of a user namespace do not count for tracing: run outside of it (a container: without a user namespace of its own)";
  }
  if (::geteuid() != 0) return "run as root (sudo), or with the capabilities CAP_BPF and CAP_PERFMON";
  return "root here lacks the capabilities: run with CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN (in a container: --privileged)";
}

// What BPF and perf events do not take, but some of their uses do.
std::string lacking_besides() {
  struct Named {
    int capability;
    const char* name;
  };
  constexpr Named kOthers[] = {
      {CAP_SYS_ADMIN, "CAP_SYS_ADMIN"}, {CAP_NET_ADMIN, "CAP_NET_ADMIN"}, {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"}};
  uint64_t held = effective_capabilities();
  std::string names;
  for (const auto& [capability, name] : kOthers) {
    if ((held & bit(capability)) == 0) names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

std::string security_modules() {
  std::string active = base::read_file("/sys/kernel/security/lsm", 4096).value_or("");
  active = active.substr(0, active.find('\n'));
  return active.empty() ? "" : fmt::format(" ({})", active);
}

}  // namespace

bool may_load_programs() { return has_capabilities() && !is_in_user_namespace(); }

std::string lockdown_mode(const std::string& text) {
  size_t open = text.find('['), close = text.find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return "none";
  return text.substr(open + 1, close - open - 1);
}

// What was found out, from the certain to what is left.
std::string permission_hint() {
  if (!may_load_programs()) return missing_rights();
  std::string mode = lockdown_mode(base::read_file("/sys/kernel/security/lockdown").value_or(""));
  if (mode == "confidentiality") {
    return fmt::format("the kernel is locked down ({}): boot with lockdown=none or without Secure Boot to trace it",
                       mode);
  }
  if (std::string others = lacking_besides(); !others.empty()) {
    return fmt::format(
        "this process lacks {}, and some probes and targets take more than CAP_BPF and CAP_PERFMON: run as root (sudo)",
        others);
  }
  if (::prctl(PR_GET_SECCOMP) > 0)
    return "this process has the rights, but runs under a seccomp filter, which may refuse bpf() or perf_event_open()";
  return fmt::format(
      "this process has the rights, and no seccomp filter: a security module{} may have refused it; the audit log or dmesg says",
      security_modules());
}

std::string file_permission_hint(const std::string& path) {
  if (!may_load_programs()) return missing_rights();
  return fmt::format("the permissions of {} or of a directory above it do not allow it to user {}", path, ::geteuid());
}

tl::unexpected<Error> fail_system(int code, const std::string& what, std::string hint) {
  if (code == EPERM || code == EACCES) hint = permission_hint();
  return base::fail_errno(code, what, std::move(hint));
}

}  // namespace sonde::bpf
