// The kernel's functions that a kprobe can be put on, and how many of the others there are.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::kernel {

struct ProbeFunction {
  std::string name;
  std::string module;  // empty: the kernel itself
  uint64_t address = 0;
};

// Why a function of /proc/kallsyms cannot be probed.
enum class NoProbe {
  kBlacklisted,    // kprobes/blacklist names it
  kNotOffered,     // available_filter_functions lacks it: notrace, or inlined
  kGoneAfterBoot,  // its code was freed when the kernel had started
  kSplitOff,       // ".cold": a part of a function, which nobody calls
  kOfProbing,      // the kernel's own code for probes and perf events
  kPadding,        // "__pfx_": the room before a function, which never runs
};
inline constexpr size_t kNoProbeReasons = 6;
std::string_view phrase_of(NoProbe reason);  // "on the kprobe blacklist"

struct ProbeFunctions {
  std::vector<ProbeFunction> functions;  // each name once, in the order of addresses
  struct LeftOut {
    size_t count = 0;
    std::string example;
  };
  std::array<LeftOut, kNoProbeReasons> left_out;  // by NoProbe
};

// Of the running kernel's functions those that `is_wanted`.
Result<ProbeFunctions> probe_functions(
    const std::function<bool(std::string_view name, std::string_view module)>& is_wanted);

// The names of those that begin with `prefix`.
Result<std::vector<std::string>> probe_function_names(std::string_view prefix);

}  // namespace sonde::kernel
