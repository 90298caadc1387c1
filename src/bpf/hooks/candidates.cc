#include "bpf/hooks/candidates.h"

#include <algorithm>
#include <cstdlib>

#include "bpf/hooks/go_return.h"
#include "bpf/hooks/kprobe_event.h"
#include "bpf/hooks/trampoline.h"
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

bool reads_function(const spec::Variant& variant) {
  auto is_read = [](uint32_t bits) { return bits > 0; };
  return variant.reads_result || std::ranges::any_of(variant.argument_bits, is_read);
}

class Choice {
 public:
  Choice(const spec::Program& program, const Hook& wanted, const KernelTraits& traits)
      : program_(program), wanted_(wanted), traits_(traits) {}

  Result<Alternatives> choose() {
    switch (wanted_.kind) {
      case HookKind::kKprobe:
      case HookKind::kKretprobe: return choose_probe();
      case HookKind::kUprobe:
      case HookKind::kUretprobe:
      case HookKind::kUsdt: return choose_user_probe();
      case HookKind::kTc: add(wanted_, traits_.has_tcx ? HookKind::kTcx : HookKind::kTc); break;
      default: add(wanted_, wanted_.kind);
    }
    return std::move(found_);
  }

 private:
  bool on_return() const { return wanted_.kind == HookKind::kKretprobe; }
  const KernelFunction& function() const { return wanted_.as<KernelFunction>(); }

  void add(Hook hook, HookKind kind, std::string why = "", std::string symbol = "") {
    hook.kind = kind;
    found_.candidates.push_back(
        {std::move(hook), symbol.empty() ? program_.symbol : std::move(symbol), std::move(why)});
  }

  Result<Alternatives> choose_probe() {
    if (!function().names.empty()) {
      choose_many();
    } else if (!traits_.forced.empty()) {
      choose_forced();
      if (found_.candidates.empty()) return cannot_force();
    } else if (traits_.has_kprobes) {
      choose_faster();
    } else {
      bool has_variant = traits_.has_fentry && add_trampoline("this kernel has no kprobes");
      std::string_view but = has_variant ? " and did not take fentry" : "";
      add_tracepoint(fmt::format("this kernel has no kprobes{}", but));
      if (found_.candidates.empty()) add(wanted_, wanted_.kind);
    }
    return std::move(found_);
  }

  // One link of all functions that have a name of their own, else each function by itself.
  void choose_many() {
    Hook each = wanted_;
    auto& one = each.edit<KernelFunction>();
    one.names.clear(), one.addresses.clear(), one.cookies.clear();
    for (size_t i = 0; i < function().names.size(); i++) {
      each.target = function().names[i];
      one.cookie = i < function().cookies.size() ? function().cookies[i] : 0;
      found_.pieces.push_back(each);
    }
    bool was_many = !wanted_.target.empty();  // and one of them is left
    if ((function().names.size() == 1 && !was_many) || !traits_.has_kprobe_multi || !traits_.forced.empty() ||
        function().maxactive > 0)
      return;
    Hook all = wanted_;
    auto& names = all.edit<KernelFunction>().names;
    if (traits_.is_one_function && function().addresses.empty() && function().cookies.empty())
      std::erase_if(names, [&](const std::string& name) { return !traits_.is_one_function(name); });
    if (names.empty()) return;
    all.target = fmt::format("{} functions", names.size());
    add(all, on_return() ? HookKind::kKretprobeMulti : HookKind::kKprobeMulti,
        fmt::format("{} in one link", all.target));
  }

  void choose_forced() {
    std::string why = fmt::format("SONDE_ATTACH={}", traits_.forced);
    if (traits_.forced == name_of(HookKind::kKprobe)) add_kprobe();
    if (traits_.forced == name_of(HookKind::kFentry)) add_trampoline(why);
    if (traits_.forced == name_of(HookKind::kTracepoint)) add_tracepoint(why);
  }

  tl::unexpected<Error> cannot_force() const {
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("{}: SONDE_ATTACH={} asks for a hook that this program was not compiled for",
                                  wanted_.phrase(), traits_.forced),
                      "kprobe, fentry and tracepoint (of system calls) are known; unset it to let sonde choose");
  }

  // Where there are kprobes: a trampoline before them if it is the same in all things.
  void choose_faster() {
    const spec::Variant* variant = nullptr;
    for (const spec::Variant& each : program_.variants) {
      if (each.kind == name_of(trampoline())) variant = &each;
    }
    bool by_cookie = function().cookie != 0;  // which only a kprobe's link gives to its program
    if (!variant || !traits_.has_fentry || !traits_.trampoline_difference || by_cookie) return add_kprobe();
    std::string difference = traits_.trampoline_difference(wanted_, *variant);
    if (difference.empty() && !can_load(*variant)) {
      difference = "this kernel's trampolines do not tell arguments and results";
    }
    if (difference.empty()) add_trampoline(on_return() ? "the same, and misses no return" : "the same, and faster");
    add_kprobe(difference);
  }

  HookKind trampoline() const { return on_return() ? HookKind::kFexit : HookKind::kFentry; }
  bool can_load(const spec::Variant& variant) const {
    return traits_.has_function_arguments || !reads_function(variant);
  }

  // The PMU's events cannot say how many calls may be under way.
  void add_kprobe(std::string why = "") {
    bool in_tracefs = !traits_.has_kprobe_pmu || (on_return() && function().maxactive > 0);
    HookKind kind = on_return() ? HookKind::kKretprobeEvent : HookKind::kKprobeEvent;
    add(wanted_, in_tracefs ? kind : wanted_.kind, std::move(why));
  }

  bool add_trampoline(std::string why) {
    const spec::Variant* variant = find_variant(program_, name_of(trampoline()));
    if (!variant || function().offset != 0 || !can_load(*variant)) return false;
    Hook hook = wanted_;
    if (traits_.trampoline_target) hook.target = traits_.trampoline_target(wanted_.target);
    add(std::move(hook), trampoline(), std::move(why), variant->symbol);
    return true;
  }

  void add_tracepoint(std::string why) {
    std::string_view call = kernel::syscall_name(wanted_.target);
    const spec::Variant* variant = find_variant(program_, on_return() ? spec::kSyscallExit : spec::kSyscallEnter);
    if (call.empty() || !variant || function().offset != 0) return;
    Hook hook = wanted_;
    hook.target = fmt::format("syscalls:sys_{}_{}", on_return() ? "exit" : "enter", call);
    add(std::move(hook), HookKind::kTracepoint, std::move(why), variant->symbol);
  }

  // Returns of programs made by Go are probed at their return instructions.
  Result<Alternatives> choose_user_probe() {
    ASSIGN_OR_RETURN(Hook settled, at_go_returns(wanted_));
    std::string why = settled.kind == wanted_.kind ? "" : "return instructions of a program made by Go";
    size_t places = settled.as<UserProbe>().places.size();
    HookKind multi = settled.kind == HookKind::kUretprobe ? HookKind::kUretprobeMulti : HookKind::kUprobeMulti;
    if (places > 1 && traits_.has_uprobe_multi && traits_.forced != name_of(HookKind::kUprobe)) {
      add(settled, multi, fmt::format("{}{}{} places in one link", why, why.empty() ? "" : ", ", places));
    }
    add(settled, settled.kind, why);
    return std::move(found_);
  }

  const spec::Program& program_;
  const Hook& wanted_;
  const KernelTraits& traits_;
  Alternatives found_;
};

// "uprobe_multi c:f: …" and "uprobe c:f: …": two hooks that stumbled over one thing.
bool is_same_but_for_kind(const std::string& a, const std::string& b) {
  return a.substr(std::min(a.find(' '), a.size())) == b.substr(std::min(b.find(' '), b.size()));
}

bool is_kprobe_event(HookKind kind) { return kind == HookKind::kKprobeEvent || kind == HookKind::kKretprobeEvent; }

}  // namespace

bool is_kprobe(const Hook& hook) { return hook.kind == HookKind::kKprobe || hook.kind == HookKind::kKretprobe; }

KernelTraits kernel_traits() {
  const char* forced = std::getenv("SONDE_ATTACH");
  KernelTraits traits;
  traits.has_kprobes = kernel::has_feature("kprobe");
  traits.has_kprobe_pmu = kernel::has_feature("kprobe_pmu");
  traits.has_fentry = kernel::has_feature("fentry");
  traits.has_function_arguments = kernel::has_feature("function_arguments");
  traits.has_kprobe_multi = kernel::has_feature("kprobe_multi");
  traits.has_uprobe_multi = kernel::has_feature("uprobe_multi");
  traits.has_tcx = kernel::has_feature("tcx");
  traits.trampoline_difference = [](const Hook& wanted, const spec::Variant& variant) {
    return trampoline_difference(wanted, variant);
  };
  traits.trampoline_target = trampoline_target;
  traits.is_one_function = is_one_function;
  traits.forced = forced ? forced : "";
  return traits;
}

Result<Alternatives> alternatives(const spec::Program& program, const Hook& wanted, const KernelTraits& traits) {
  return Choice(program, wanted, traits).choose();
}

Error failure_of(const Hook& wanted, const std::vector<Candidate>& list, std::vector<Error> errors) {
  // What was tried to be faster need not be known to who asked for a kprobe.
  HookKind last = list.back().hook.kind;
  if (is_kprobe(wanted) && (last == wanted.kind || is_kprobe_event(last))) return std::move(errors.back());
  Error error = std::move(errors.front());
  for (size_t i = 1; i < errors.size(); i++) {
    if (is_same_but_for_kind(error.what, errors[i].what)) {
      error = std::move(errors[i]);
    } else {
      error.what += fmt::format("; then tried {}", errors[i].what);
    }
  }
  return error;
}

}  // namespace sonde::bpf
