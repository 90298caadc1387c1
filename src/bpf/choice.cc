// Which of several hooks a program is to be attached with, where the kernel lacks the one that was asked for.
#include "bpf/choice.h"

#include <cstdlib>

#include "bpf/trampoline.h"
#include "kernel/features.h"
#include "kernel/syscalls.h"

namespace sonde::bpf {
namespace {

const spec::Variant* find_variant(const spec::Program& program, std::string_view kind) {
  for (const spec::Variant& variant : program.variants) {
    if (variant.kind == kind && !variant.symbol.empty()) return &variant;
  }
  return nullptr;
}

struct Choice {
  const spec::Program& program;
  const HookRequest& wanted;
  const KernelTraits& traits;
  std::vector<Candidate> list;

  bool on_return() const { return wanted.kind == "kretprobe"; }

  void add_wanted(std::string why = "") { list.push_back({wanted, program.symbol, std::move(why)}); }

  // Where there are kprobes: a trampoline before them if it is the same in all things.
  void add_faster() {
    const spec::Variant* variant = nullptr;
    for (const spec::Variant& each : program.variants) {
      if (each.kind == (on_return() ? "fexit" : "fentry")) variant = &each;
    }
    if (!variant || !traits.has_fentry || !traits.trampoline_difference) return add_wanted();
    std::string difference = traits.trampoline_difference(wanted, *variant);
    if (difference.empty()) add_fentry(on_return() ? "the same, and misses no return" : "the same, and faster");
    add_wanted(difference);
  }

  void add_fentry(std::string why) {
    std::string kind = on_return() ? "fexit" : "fentry";
    const spec::Variant* variant = find_variant(program, kind);
    if (!variant || wanted.offset != 0) return;
    HookRequest request = wanted;
    request.kind = kind;
    if (traits.trampoline_target) request.target = traits.trampoline_target(wanted.target);
    list.push_back({std::move(request), variant->symbol, std::move(why)});
  }

  void add_tracepoint(std::string why) {
    std::string_view call = kernel::syscall_name(wanted.target);
    const spec::Variant* variant = find_variant(program, on_return() ? "syscall_exit" : "syscall_enter");
    if (call.empty() || !variant || wanted.offset != 0) return;
    HookRequest request = wanted;
    request.kind = "tracepoint";
    request.target = fmt::format("syscalls:sys_{}_{}", on_return() ? "exit" : "enter", call);
    list.push_back({std::move(request), variant->symbol, std::move(why)});
  }

  void add_kprobe_multi() {
    HookRequest request = wanted;
    request.kind += "_multi";
    list.push_back({std::move(request), program.symbol, fmt::format("{} functions in one link", wanted.functions.size())});
  }

  void add_uprobe_multi() {
    HookRequest request = wanted;
    request.kind = wanted.kind == "uretprobe" ? "uretprobe_multi" : "uprobe_multi";
    list.push_back({std::move(request), program.symbol, fmt::format("{} places in one link", wanted.user.places.size())});
  }
};

bool is_kprobe(const HookRequest& wanted) { return wanted.kind == "kprobe" || wanted.kind == "kretprobe"; }

bool has_many_places(const HookRequest& wanted) {
  bool in_user_space = wanted.kind == "uprobe" || wanted.kind == "uretprobe" || wanted.kind == "usdt";
  return in_user_space && wanted.user.places.size() > 1;
}

tl::unexpected<Error> cannot_force(const HookRequest& wanted, const std::string& forced) {
  return base::fail(ErrorKind::kInvalid,
                    fmt::format("{} {}: SONDE_ATTACH={} asks for a hook that this program was not compiled for", wanted.kind,
                                wanted.target, forced),
                    "kprobe, fentry and tracepoint (of system calls) are known; unset it to let sonde choose");
}

}  // namespace

KernelTraits kernel_traits() {
  const char* forced = std::getenv("SONDE_ATTACH");
  KernelTraits traits;
  traits.has_kprobes = kernel::has_feature("kprobe");
  traits.has_fentry = kernel::has_feature("fentry");
  traits.has_kprobe_multi = kernel::has_feature("kprobe_multi");
  traits.has_uprobe_multi = kernel::has_feature("uprobe_multi");
  traits.trampoline_difference = [](const HookRequest& wanted, const spec::Variant& variant) {
    return trampoline_difference(wanted, variant);
  };
  traits.trampoline_target = trampoline_target;
  traits.forced = forced ? forced : "";
  return traits;
}

Result<std::vector<Candidate>> candidates(const spec::Program& program, const HookRequest& wanted, const KernelTraits& traits) {
  Choice choice{program, wanted, traits, {}};
  bool probe = is_kprobe(wanted);
  if (probe && !wanted.functions.empty()) {
    choice.add_kprobe_multi();
    return std::move(choice.list);
  }
  if (probe && !traits.forced.empty()) {
    std::string why = fmt::format("SONDE_ATTACH={}", traits.forced);
    if (traits.forced == "kprobe") choice.add_wanted();
    if (traits.forced == "fentry") choice.add_fentry(why);
    if (traits.forced == "tracepoint") choice.add_tracepoint(why);
    if (choice.list.empty()) return cannot_force(wanted, traits.forced);
    return std::move(choice.list);
  }
  if (probe && !traits.has_kprobes) {
    if (traits.has_fentry) choice.add_fentry("this kernel has no kprobes");
    choice.add_tracepoint(traits.has_fentry ? "this kernel has no kprobes and did not take fentry" : "this kernel has no kprobes");
  }
  if (has_many_places(wanted) && traits.has_uprobe_multi && traits.forced != "uprobe") choice.add_uprobe_multi();
  if (probe && traits.has_kprobes) choice.add_faster();
  if (choice.list.empty() || has_many_places(wanted)) choice.add_wanted();
  return std::move(choice.list);
}

}  // namespace sonde::bpf
