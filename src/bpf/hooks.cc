// The places where a program can be attached: one table, one file per kind.
#include "bpf/hooks.h"

#include <linux/bpf.h>

#include "bpf/hook_kprobe_event.h"
#include "kernel/features.h"
#include "kernel/release.h"
#include "kernel/uprobe_multi.h"

namespace sonde::bpf {
namespace {

constexpr HookKind kKinds[] = {
    {"kprobe", BPF_PROG_TYPE_KPROBE, -1, "kprobe", nullptr, attach_kprobe},
    {"kretprobe", BPF_PROG_TYPE_KPROBE, -1, "kprobe", nullptr, attach_kretprobe},
    {"kprobe_multi", BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, "kprobe_multi", nullptr, attach_kprobe_multi},
    {"kretprobe_multi", BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, "kprobe_multi", nullptr, attach_kretprobe_multi},
    {"tracepoint", BPF_PROG_TYPE_TRACEPOINT, -1, "tracefs", nullptr, attach_tracepoint},
    {"raw_tracepoint", BPF_PROG_TYPE_RAW_TRACEPOINT, -1, "raw_tracepoint", nullptr, attach_raw_tracepoint},
    {"fentry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "btf", resolve_tracing, attach_tracing},
    {"fexit", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, "btf", resolve_tracing, attach_tracing},
    {"fmod_ret", BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, "btf", resolve_tracing, attach_tracing},
    {"lsm", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "lsm", resolve_tracing, attach_tracing},
    {"tp_btf", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "btf", resolve_tracing, attach_tracing},
    {"iter", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, "btf", resolve_tracing, attach_iter},
    {"perf_event", BPF_PROG_TYPE_PERF_EVENT, -1, "", nullptr, attach_perf_event},
    {"uprobe", BPF_PROG_TYPE_KPROBE, -1, "uprobe", nullptr, attach_uprobe},
    {"uretprobe", BPF_PROG_TYPE_KPROBE, -1, "uprobe", nullptr, attach_uretprobe},
    {"usdt", BPF_PROG_TYPE_KPROBE, -1, "uprobe", nullptr, attach_uprobe},
    {"uprobe_multi", BPF_PROG_TYPE_KPROBE, kernel::kTraceUprobeMulti, "uprobe_multi", nullptr, attach_uprobe_multi},
    {"uretprobe_multi", BPF_PROG_TYPE_KPROBE, kernel::kTraceUprobeMulti, "uprobe_multi", nullptr, attach_uretprobe_multi},
    {"xdp", BPF_PROG_TYPE_XDP, -1, "", nullptr, attach_xdp},
    {"tc", BPF_PROG_TYPE_SCHED_CLS, -1, "", nullptr, attach_tc},
    {"cgroup", 0, -1, "", resolve_network, attach_cgroup},
    {"netns", 0, -1, "", resolve_network, attach_netns},
    {"socket_map", 0, -1, "", resolve_network, attach_socket_map},
};

tl::unexpected<Error> lacking(const HookKind& kind, const HookRequest& request) {
  std::string feature = kind.feature == "btf" ? "BTF" : kind.feature == "lsm" ? "BPF LSM" : fmt::format("{}s", kind.feature);
  std::string hint = kind.feature == "kprobe"
                         ? "it was built without CONFIG_KPROBE_EVENTS; tracepoints and entries of system calls can be had instead"
                         : fmt::format("it takes Linux {}", kernel::feature_since(kind.feature));
  return base::fail(ErrorKind::kUnsupported, fmt::format("{} {}: this kernel ({}) has no {}", kind.kind, request.target,
                                                         kernel::running_release(), feature), hint);
}

}  // namespace

Link& Link::operator=(Link&& other) noexcept {
  std::swap(fds_, other.fds_);
  std::swap(kprobe_event_, other.kprobe_event_);
  std::swap(at_end_, other.at_end_);
  std::swap(generation_, other.generation_);
  return *this;
}

Link::~Link() {
  if (at_end_ && generation_ == fork_generation()) at_end_();
  fds_.clear();  // first: the kernel keeps an event that is in use
  if (!kprobe_event_.empty()) remove_kprobe_event(kprobe_event_);
}

const HookKind* find_hook_kind(std::string_view kind) {
  for (const HookKind& row : kKinds) {
    if (row.kind == kind) return &row;
  }
  return nullptr;
}

Result<ResolvedType> resolve_type(const HookKind& kind, const HookRequest& request) {
  // What is missing for want of rights rather than of a feature, attaching says.
  if (!kind.feature.empty() && kernel::lacks_feature(kind.feature)) return lacking(kind, request);
  ResolvedType resolved;
  resolved.type.type = kind.program_type;
  resolved.type.expected_attach_type = kind.expected_attach_type;
  if (kind.resolve) RETURN_IF_ERROR(kind.resolve(request, resolved));
  return resolved;
}

}  // namespace sonde::bpf
