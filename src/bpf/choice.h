// Which of several hooks a program is to be attached with, where the kernel lacks the one that was asked for. Alternatives
// are tried here and nowhere else.
#pragma once

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
  std::string why;     // empty for the hook that was asked for
};

// What the choice depends on; asked of the running kernel by kernel_traits().
struct KernelTraits {
  bool has_kprobes = true;
  bool has_fentry = false;
  bool has_uprobe_multi = false;
  std::string forced;  // SONDE_ATTACH: kprobe, fentry, tracepoint or uprobe; empty: none
};
KernelTraits kernel_traits();

// In the order in which to try them; never empty.
Result<std::vector<Candidate>> candidates(const spec::Program& program, const HookRequest& wanted, const KernelTraits& traits);

}  // namespace sonde::bpf
