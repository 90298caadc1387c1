// Which of several hooks a program is to be attached with, where the kernel lacks the one that was asked for. Alternatives
// are tried here and nowhere else.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bpf/hooks.h"
#include "spec/spec.h"

namespace sonde::bpf {

struct Candidate {
  HookRequest request;
  std::string symbol;  // the program, or the variant of it, that fits this hook
  std::string why;     // it and not another; may be empty for the hook that was asked for
};

// What the choice depends on; asked of the running kernel by kernel_traits().
struct KernelTraits {
  using Difference = std::function<std::string(const HookRequest&, const spec::Variant&)>;

  bool has_kprobes = true;
  bool has_fentry = false;
  bool has_kprobe_multi = false;
  bool has_uprobe_multi = false;
  // Why a program would not do the same in a trampoline as in a kprobe, empty if it would; none: it never does.
  Difference trampoline_difference;
  // By which name a trampoline has to ask for a function; none: its own.
  std::function<std::string(const std::string&)> trampoline_target;
  std::string forced;  // SONDE_ATTACH: kprobe, fentry, tracepoint or uprobe; empty: none
};
KernelTraits kernel_traits();

// In the order in which to try them; never empty.
Result<std::vector<Candidate>> candidates(const spec::Program& program, const HookRequest& wanted, const KernelTraits& traits);

}  // namespace sonde::bpf
