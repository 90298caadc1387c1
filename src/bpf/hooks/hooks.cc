#include "bpf/hooks/hooks.h"

#include <linux/bpf.h>

#include <iterator>

#include "bpf/hooks/kprobe_event.h"
#include "kernel/features.h"
#include "kernel/release.h"
#include "kernel/uprobe_multi.h"

namespace sonde::bpf {
namespace {

// By the numbers of HookKind.
constexpr HookRow kRows[] = {
    {},
    {HookKind::kUnknown},
#define SONDE_HOOK_KIND(id, name, place, prefix, sections, attaches, context, type, attach_type, feature, resolve, \
                        attach, how)                                                                               \
  {HookKind::id, PlaceKind::place,        type, attach_type, feature, resolve, attach, HookKind::kNone, "",        \
   how,          spec::Attaches::attaches},
#define SONDE_PROGRAM_KIND(id, name, sections, attaches, context, goes_to, target, how)           \
  {HookKind::id, PlaceKind::kNone,        0, -1, "", nullptr, nullptr, HookKind::goes_to, target, \
   how,          spec::Attaches::attaches},
#include "sonde/hook_kinds.def"
};

tl::unexpected<Error> lacking(const HookRow& row, const Hook& hook) {
  std::string feature = row.feature == "btf"   ? "BTF"
                        : row.feature == "lsm" ? "BPF LSM"
                                               : fmt::format("{}s", row.feature);
  std::string hint =
      row.feature == "kprobe"
          ? "it was built without CONFIG_KPROBE_EVENTS; tracepoints and entries of system calls can be had instead"
          : fmt::format("it takes Linux {}", kernel::feature_since(row.feature));
  return base::fail(ErrorKind::kUnsupported,
                    fmt::format("{}: this kernel ({}) has no {}", hook.phrase(), kernel::running_release(), feature),
                    hint);
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

const HookRow& row_of(HookKind kind) {
  auto index = static_cast<size_t>(kind);
  return kRows[index < std::size(kRows) ? index : static_cast<size_t>(HookKind::kUnknown)];
}

Status resolve_nothing(const Hook&, ResolvedType&) { return {}; }

Result<ResolvedType> resolve_type(const HookRow& row, const Hook& hook) {
  // What is missing for want of rights rather than of a feature, attaching says.
  if (!row.feature.empty() && kernel::lacks_feature(row.feature)) return lacking(row, hook);
  ResolvedType resolved;
  resolved.type.type = row.program_type;
  resolved.type.expected_attach_type = row.attach_type;
  RETURN_IF_ERROR(row.resolve(hook, resolved));
  return resolved;
}

}  // namespace sonde::bpf
