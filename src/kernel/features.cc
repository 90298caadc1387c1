// What this kernel can do: one table of {name, since, probe}.
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
#include "kernel/release.h"
#include "kernel/tracefs.h"
#include "kernel/uprobe_multi.h"

namespace sonde::kernel {
namespace {

bool has_pmu(const char* name) {
  return base::file_exists(std::string("/sys/bus/event_source/devices/") + name + "/type");
}

// Creates a map and forgets it. EPERM means that the kernel got as far as asking who we are.
bool has_map(uint32_t type, uint32_t key_size, uint32_t value_size, uint32_t entries) {
  bpf_attr attr{};
  attr.map_type = type;
  attr.key_size = key_size;
  attr.value_size = value_size;
  attr.max_entries = entries;
  base::Fd fd(static_cast<int>(::syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr)));
  return fd.valid();
}

bool has_kprobes() {
  if (has_pmu("kprobe")) return true;
  auto tracefs = Tracefs::open();
  return tracefs && (*tracefs)->exists("kprobe_events");
}

bool has_uprobes() { return has_pmu("uprobe"); }
bool has_btf() { return base::file_exists("/sys/kernel/btf/vmlinux"); }
// The trampoline that fentry, fexit and fmod_ret hang on needs functions that open with a call to ftrace. Asked of
// tracefs, not of kallsyms, which takes a hundred times longer to read; opened, not looked for, because a kernel whose
// security module refuses fentry has the file and refuses that too.
bool has_fentry() {
  if (!has_btf() || running_version() < version_code(5, 5)) return false;
  auto tracefs = Tracefs::open();
  return !tracefs || (*tracefs)->open_file("available_filter_functions", O_RDONLY).has_value();
}
bool has_lsm() { return has_btf() && running_version() >= version_code(5, 7); }
bool has_ringbuf() { return has_map(BPF_MAP_TYPE_RINGBUF, 0, 0, static_cast<uint32_t>(::sysconf(_SC_PAGESIZE))); }
bool has_raw_tracepoints() { return running_version() >= version_code(4, 17); }

// `return 0;`, for probing what it may be attached to.
base::Fd load_nothing(uint32_t type, int expected_attach_type) {
  const bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
  bpf_attr attr{};
  attr.prog_type = type;
  attr.insns = reinterpret_cast<uint64_t>(code);
  attr.insn_cnt = 2;
  attr.license = reinterpret_cast<uint64_t>("GPL");
  attr.expected_attach_type = static_cast<uint32_t>(expected_attach_type);
  return base::Fd(static_cast<int>(::syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr)));
}

// A link in a directory is refused as EBADF by a kernel that knows such links, and as EINVAL by one that does not.
bool has_uprobe_multi() {
  base::Fd program = load_nothing(BPF_PROG_TYPE_KPROBE, kTraceUprobeMulti);
  if (!program.valid()) return false;
  const uint64_t offset = 0;
  UprobeMultiLink link;
  link.program = static_cast<uint32_t>(program.get());
  link.path = reinterpret_cast<uint64_t>("/");
  link.offsets = reinterpret_cast<uint64_t>(&offset);
  link.count = 1;
  base::Fd made(create_uprobe_multi(link));
  return !made.valid() && errno == EBADF;
}

// No link takes all flags: EINVAL from a kernel that has such links, EOPNOTSUPP from one that was built without.
bool has_kprobe_multi() {
  if (!has_kprobes() || running_version() < version_code(5, 18)) return false;
  base::Fd program = load_nothing(BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI);
  bpf_attr attr{};
  attr.link_create.prog_fd = static_cast<uint32_t>(program.get());
  attr.link_create.attach_type = BPF_TRACE_KPROBE_MULTI;
  attr.link_create.kprobe_multi.flags = ~0u;
  base::Fd made(static_cast<int>(::syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof attr)));
  return program.valid() && !made.valid() && errno == EINVAL;
}

bool has_uprobe_semaphores() { return base::file_exists("/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset"); }
bool has_tracefs() { return Tracefs::open().has_value(); }
bool has_perf_lost_count() { return running_version() >= version_code(6, 0); }

constexpr Feature kFeatures[] = {
    {"kprobe", "4.1 with CONFIG_KPROBE_EVENTS", has_kprobes},
    {"kprobe_pmu", "4.17", [] { return has_pmu("kprobe"); }},
    {"uprobe", "4.17 with CONFIG_UPROBE_EVENTS", has_uprobes},
    {"uprobe_semaphore", "4.20 with CONFIG_UPROBE_EVENTS", has_uprobe_semaphores},
    {"uprobe_multi", "6.6 with CONFIG_UPROBE_EVENTS", has_uprobe_multi},
    {"perf_event_cookie", "5.15", [] { return running_version() >= version_code(5, 15); }},
    {"kprobe_multi", "5.18 with CONFIG_FPROBE", has_kprobe_multi},
    {"btf", "5.2 with CONFIG_DEBUG_INFO_BTF", has_btf},
    {"fentry", "5.5 with CONFIG_FUNCTION_TRACER", has_fentry},
    {"lsm", "5.7 with CONFIG_BPF_LSM", has_lsm},
    {"raw_tracepoint", "4.17", has_raw_tracepoints},
    {"ringbuf", "5.8", has_ringbuf},
    {"tracefs", "4.1 with CONFIG_FTRACE", has_tracefs},
    {"perf_lost_count", "6.0", has_perf_lost_count},
};

}  // namespace

std::span<const Feature> features() { return kFeatures; }

bool has_feature(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string_view, bool> known;
  for (const Feature& feature : kFeatures) {
    if (feature.name != name) continue;
    std::lock_guard lock(mutex);
    auto [found, fresh] = known.try_emplace(feature.name, false);
    if (fresh) found->second = feature.probe();
    return found->second;
  }
  return false;
}

std::string_view feature_since(std::string_view name) {
  for (const Feature& feature : kFeatures) {
    if (feature.name == name) return feature.since;
  }
  return {};
}

}  // namespace sonde::kernel
