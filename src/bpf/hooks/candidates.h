// The hooks that can serve a wanted one, in the order in which they are tried. Alternatives are decided here and
// nowhere else.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bpf/hooks/hooks.h"
#include "spec/spec.h"

namespace sonde::bpf {

struct Candidate {
  Hook hook;
  std::string symbol;  // the program, or the variant of it, that fits this hook
  std::string why;     // it and not another; may be empty for the hook that was asked for
};

// What the choice depends on; asked of the running kernel by kernel_traits().
struct KernelTraits {
  using Difference = std::function<std::string(const Hook&, const spec::Variant&)>;

  bool has_kprobes = true;
  bool has_kprobe_pmu = true;  // else kprobes are made in tracefs
  bool has_fentry = false;
  bool has_function_arguments = true;  // helpers by which a trampoline's program reads arguments and the result
  bool has_kprobe_multi = false;
  bool has_uprobe_multi = false;
  bool has_tcx = false;
  // Why a program would not do the same in a trampoline as in a kprobe, empty if it would; none: it never does.
  Difference trampoline_difference;
  // By which name a trampoline has to ask for a function; none: its own.
  std::function<std::string(const std::string&)> trampoline_target;
  // Whether a kprobe would find one function of a name; none: it would.
  std::function<bool(const std::string&)> is_one_function;
  std::string forced;  // SONDE_ATTACH: kprobe, fentry, tracepoint or uprobe; empty: none
};
KernelTraits kernel_traits();

struct Alternatives {
  std::vector<Candidate> candidates;  // in the order in which to try them
  // If none of them can be had: each of these by itself, those that cannot be attached left out.
  std::vector<Hook> pieces;
};

// Never empty.
Result<Alternatives> alternatives(const spec::Program& program, const Hook& wanted, const KernelTraits& traits);

// What all the candidates failed with, as one error; there is at least one. `list` is what was tried.
Error failure_of(const Hook& wanted, const std::vector<Candidate>& list, std::vector<Error> errors);

bool is_kprobe(const Hook& hook);  // or a kretprobe

}  // namespace sonde::bpf
