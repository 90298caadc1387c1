#include "kernel/features.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <string>

#include "base/fd.h"
#include "base/file.h"
#include "kernel/function_types.h"
#include "kernel/release.h"
#include "kernel/tcx.h"
#include "kernel/tracefs.h"
#include "kernel/uprobe_multi.h"

namespace sonde::kernel {
namespace {

using State = Presence::State;

constexpr Presence kAbsent{State::kAbsent};
constexpr Presence kPresent{State::kPresent};
constexpr Presence kNotPermitted{State::kUnknown, "this user may not ask the kernel"};
constexpr Presence kNoSysfs{State::kUnknown, "/sys cannot be read here"};

Presence present_if(bool present) { return present ? kPresent : kAbsent; }

// Of a file whose absence says something only where its directory can be read.
Presence has_file(const std::string& path, const char* directory) {
  if (base::file_exists(path)) return kPresent;
  if (errno == EACCES) return kNotPermitted;
  return base::file_exists(directory) ? kAbsent : kNoSysfs;
}

Presence has_event_source(const std::string& file) {
  return has_file("/sys/bus/event_source/devices/" + file, "/sys/bus/event_source");
}

bool is_permission(int code) { return code == EPERM || code == EACCES; }

// Without rights the answer is the same whether the kernel knows what is asked for or not. Other errors than EINVAL
// speak of something else.
Presence by_errno(int code) {
  if (is_permission(code)) return kNotPermitted;
  return code == EINVAL ? kAbsent : Presence{State::kUnknown, "the kernel's answer was another error"};
}

// Creates a map and forgets it.
Presence has_map(uint32_t type, uint32_t key_size, uint32_t value_size, uint32_t entries) {
  bpf_attr attr{};
  attr.map_type = type;
  attr.key_size = key_size;
  attr.value_size = value_size;
  attr.max_entries = entries;
  base::Fd fd(static_cast<int>(::syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr)));
  return fd.valid() ? kPresent : by_errno(errno);
}

Presence has_tracefs() {
  auto tracefs = Tracefs::open();
  if (!tracefs) return tracefs.error().kind == ErrorKind::kUnsupported ? kAbsent : kNotPermitted;
  auto events = (*tracefs)->open_file("events", O_RDONLY | O_DIRECTORY);
  if (events) return kPresent;
  return is_permission(events.error().code) ? Presence{State::kUnknown, "this user may not read it"} : kAbsent;
}

Presence has_kprobes() {
  Presence pmu = has_event_source("kprobe/type");
  if (pmu.state == State::kPresent) return pmu;
  auto tracefs = Tracefs::open();
  if (!tracefs) return tracefs.error().kind == ErrorKind::kUnsupported ? kAbsent : kNotPermitted;
  if ((*tracefs)->exists("kprobe_events")) return kPresent;
  return is_permission(errno) ? kNotPermitted : kAbsent;
}

Presence has_uprobes() { return has_event_source("uprobe/type"); }
Presence has_btf() { return has_file("/sys/kernel/btf/vmlinux", "/sys/kernel"); }

// The trampoline that fentry, fexit and fmod_ret hang on needs functions that open with a call to ftrace. Asked of
// tracefs, not of kallsyms, which takes a hundred times longer to read; opened, not looked for, because a kernel whose
// security module refuses fentry has the file and refuses that too.
Presence has_fentry() {
  if (has_btf().state == State::kAbsent || running_version() < version_code(5, 5)) return kAbsent;
  auto tracefs = Tracefs::open();
  if (!tracefs) return kNotPermitted;
  auto functions = (*tracefs)->open_file("available_filter_functions", O_RDONLY);
  if (functions) return kPresent;
  bool by_right = is_permission(functions.error().code) && !(*tracefs)->open_file("events", O_RDONLY | O_DIRECTORY);
  return by_right ? kNotPermitted : kAbsent;
}

Presence has_ringbuf() { return has_map(BPF_MAP_TYPE_RINGBUF, 0, 0, static_cast<uint32_t>(::sysconf(_SC_PAGESIZE))); }

Presence since(uint32_t major, uint32_t minor) { return present_if(running_version() >= version_code(major, minor)); }

// `return 0;`, for probing what it may be attached to.
base::Fd load_nothing(uint32_t type, int expected_attach_type, uint32_t function = 0) {
  const bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
  bpf_attr attr{};
  attr.prog_type = type;
  attr.insns = reinterpret_cast<uint64_t>(code);
  attr.insn_cnt = 2;
  attr.license = reinterpret_cast<uint64_t>("GPL");
  attr.expected_attach_type = static_cast<uint32_t>(expected_attach_type);
  attr.attach_btf_id = function;
  return base::Fd(static_cast<int>(::syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr)));
}

// A link in a directory is refused as EBADF by a kernel that knows such links, and as EINVAL by one that does not.
Presence has_uprobe_multi() {
  base::Fd program = load_nothing(BPF_PROG_TYPE_KPROBE, kTraceUprobeMulti);
  if (!program.valid()) return by_errno(errno);
  const uint64_t offset = 0;
  UprobeMultiLink link;
  link.program = static_cast<uint32_t>(program.get());
  link.path = reinterpret_cast<uint64_t>("/");
  link.offsets = reinterpret_cast<uint64_t>(&offset);
  link.count = 1;
  base::Fd made(create_uprobe_multi(link));
  return present_if(!made.valid() && errno == EBADF);
}

// Asks what is attached to the loopback device, which has the number 1: a kernel that does not know such links does not
// know the question.
Presence has_tcx() {
  bpf_attr attr{};
  attr.query.target_fd = 1;
  attr.query.attach_type = kTcxIngress;
  if (::syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof attr) == 0 || errno == ENODEV) return kPresent;
  return by_errno(errno);
}

// The kernel has the type of program only if it has the links as well.
Presence has_netfilter() {
  constexpr uint32_t kProgramType = 32;  // BPF_PROG_TYPE_NETFILTER
  constexpr int kAttachType = 45;        // BPF_NETFILTER
  return load_nothing(kProgramType, kAttachType).valid() ? kPresent : by_errno(errno);
}

// No link takes all flags: EINVAL from a kernel that has such links, EOPNOTSUPP from one that was built without.
Presence has_kprobe_multi() {
  if (running_version() < version_code(5, 18)) return kAbsent;
  if (Presence kprobes = has_kprobes(); kprobes.state != State::kPresent) return kprobes;
  base::Fd program = load_nothing(BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI);
  if (!program.valid()) return by_errno(errno);
  bpf_attr attr{};
  attr.link_create.prog_fd = static_cast<uint32_t>(program.get());
  attr.link_create.attach_type = BPF_TRACE_KPROBE_MULTI;
  attr.link_create.kprobe_multi.flags = ~0u;
  base::Fd made(static_cast<int>(::syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof attr)));
  return present_if(!made.valid() && errno == EINVAL);
}

// Programs load and attach without a word, and never run, where the kernel was not booted with "bpf" among its security
// modules.
bool is_bpf_module_off() {
  auto active = base::read_file("/sys/kernel/security/lsm", 4096);
  return active && fmt::format(",{},", active->substr(0, active->find('\n'))).find(",bpf,") == std::string::npos;
}

// The version says little: the hooks may not be compiled in, and security modules may refuse such programs even to
// root.
Presence has_lsm() {
  if (running_version() < version_code(5, 7)) return kAbsent;
  if (Presence btf = has_btf(); btf.state != State::kPresent) return btf;
  auto functions = FunctionTypes::running();
  if (!functions) return {State::kUnknown, "the kernel's BTF cannot be read"};
  auto hook = (*functions)->find("bpf_lsm_file_open");
  if (!hook) return kAbsent;
  if (is_bpf_module_off()) return {State::kRefused, "\"bpf\" is not among the security modules: boot with lsm=...,bpf"};
  if (load_nothing(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, hook->id).valid()) return kPresent;
  int code = errno;
  bool others_load = load_nothing(BPF_PROG_TYPE_KPROBE, 0).valid();  // so it is not for want of rights
  return others_load ? Presence{State::kRefused, "the kernel has them, but refuses to load such a program"}
                     : by_errno(code);
}

// The first kernel whose system calls take their registers as an argument and have names with a prefix of the
// architecture.
#if defined(__x86_64__)
constexpr Feature kSyscallWrapper{"syscall_wrapper", "4.17", [] { return since(4, 17); }};
#elif defined(__aarch64__)
constexpr Feature kSyscallWrapper{"syscall_wrapper", "4.19", [] { return since(4, 19); }};
#elif defined(__s390x__)
constexpr Feature kSyscallWrapper{"syscall_wrapper", "4.20", [] { return since(4, 20); }};
#else
constexpr Feature kSyscallWrapper{"syscall_wrapper", "6.6", [] { return since(6, 6); }};
#endif

constexpr bool kIsX86 =
#if defined(__x86_64__)
    true;
#else
    false;
#endif

constexpr Feature kFeatures[] = {
    kSyscallWrapper,
    {"kprobe", "4.1 with CONFIG_KPROBE_EVENTS", has_kprobes},
    {"kprobe_pmu", "4.17", [] { return has_event_source("kprobe/type"); }},
    {"uprobe", "4.17 with CONFIG_UPROBE_EVENTS", has_uprobes},
    {"uprobe_semaphore", "4.20 with CONFIG_UPROBE_EVENTS",
     [] { return has_event_source("uprobe/format/ref_ctr_offset"); }},
    {"uprobe_multi", "6.6 with CONFIG_UPROBE_EVENTS", has_uprobe_multi},
    {"perf_event_cookie", "5.15", [] { return since(5, 15); }},
    {"kprobe_multi", "5.18 with CONFIG_FPROBE", has_kprobe_multi},
    {"btf", "5.2 with CONFIG_DEBUG_INFO_BTF", has_btf},
    {"fentry", "5.5 with CONFIG_FUNCTION_TRACER", has_fentry, true},
    // bpf_get_func_arg() and bpf_get_func_ret(), by which a trampoline's program reads arguments and results.
    {"function_arguments", "5.17", [] { return since(5, 17); }},
    // Before that a trampoline keeps an argument's own bytes only, and foreign ones above them.
    {"whole_arguments", "6.6", [] { return kIsX86 ? since(6, 6) : kPresent; }},
    {"missed_calls", "6.7", [] { return since(6, 7); }},
    {"tcx", "6.6 with CONFIG_NET_XGRESS", has_tcx},
    {"netfilter", "6.4 with CONFIG_NETFILTER_BPF_LINK", has_netfilter},
    {"lsm", "5.7 with CONFIG_BPF_LSM", has_lsm},
    {"raw_tracepoint", "4.17", [] { return since(4, 17); }},
    {"ringbuf", "5.8", has_ringbuf},
    {"inode_storage", "5.10 with CONFIG_BPF_LSM", [] { return since(5, 10); }},
    {"task_storage", "5.11", [] { return since(5, 11); }},
    {"bloom_filter", "5.16", [] { return since(5, 16); }},
    {"cgrp_storage", "6.2", [] { return since(6, 2); }},
    {"tracefs", "4.1 with CONFIG_FTRACE", has_tracefs},
    {"sparse_tracing_map", "6.1", [] { return since(6, 1); }},
    {"perf_lost_count", "6.0", [] { return since(6, 0); }},
};

const Feature* find_feature(std::string_view name) {
  for (const Feature& feature : kFeatures) {
    if (feature.name == name) return &feature;
  }
  return nullptr;
}

}  // namespace

std::span<const Feature> features() { return kFeatures; }

Presence feature_presence(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string_view, Presence> known;
  const Feature* feature = find_feature(name);
  if (!feature) return {};
  {
    std::lock_guard lock(mutex);
    if (auto found = known.find(feature->name); found != known.end()) return found->second;
  }
  // Without the lock: one feature may ask for another. Two threads that ask at the same time both ask the kernel.
  Presence presence = feature->probe();
  std::lock_guard lock(mutex);
  return known.try_emplace(feature->name, presence).first->second;
}

bool has_feature(std::string_view name) {
  Presence found = feature_presence(name);
  const Feature* feature = find_feature(name);
  return found.state == State::kPresent || (feature && feature->assumed && found.state == State::kUnknown);
}

bool lacks_feature(std::string_view name) { return feature_presence(name).state == State::kAbsent; }

std::string_view feature_since(std::string_view name) {
  const Feature* feature = find_feature(name);
  return feature ? feature->since : std::string_view();
}

}  // namespace sonde::kernel
