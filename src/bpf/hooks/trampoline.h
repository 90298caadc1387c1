// Whether a kprobe's program does exactly the same in a trampoline (fentry, fexit), which costs less and misses no
// return.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bpf/hooks/hooks.h"
#include "kernel/function_types.h"
#include "spec/spec.h"

namespace sonde::bpf {

// How many functions one program gets trampolines for: each costs a load of the program, and time when it is taken
// away.
inline constexpr size_t kMaxTrampolines = 32;

struct TrampolineTraits {
  bool saves_whole_registers = true;  // else an argument narrower than 64 bits comes with foreign bits above it
};

// Empty if it is the same; else why not. `type` is nothing for a function that the kernel's own BTF does not have.
std::string trampoline_difference(const Hook& wanted, const spec::Variant& variant,
                                  const std::optional<kernel::FunctionType>& type, const TrampolineTraits& traits);

// The same for the running kernel, whose BTF may have the function under another name.
std::string trampoline_difference(const Hook& wanted, const spec::Variant& variant);

// The name by which a trampoline's program asks the running kernel for the function (kernel/function_types.h).
std::string trampoline_target(const std::string& function);

// To be called before the first program of `spec` is attached: what will be asked of the kernel's BTF is then read at
// once.
void expect_trampolines(const spec::Spec& spec);

// Functions that programs call themselves, through helpers: a kprobe there does not run while any program runs, a
// trampoline would.
bool is_called_by_programs(std::string_view function);

}  // namespace sonde::bpf
