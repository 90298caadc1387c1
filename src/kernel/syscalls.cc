#include "kernel/syscalls.h"

#include <algorithm>
#include <array>

#include "kernel/features.h"
#include "kernel/kallsyms.h"

namespace sonde::kernel {
namespace {

constexpr std::array<std::string_view, 8> kPrefixes = {
    "sys_",         "__x64_sys_",   "__x32_compat_sys_", "__ia32_compat_sys_",
    "__arm64_sys_", "__s390x_sys_", "__s390_sys_",       "__riscv_sys_",
};

}  // namespace

std::string syscall_prefix(const Kallsyms& symbols) {
  Kallsyms::Symbol symbol;
  for (std::string_view prefix : kPrefixes) {
    // bpf(2) itself: whoever can ask has it.
    if (symbols.find(std::string(prefix) + "bpf", symbol)) return std::string(prefix);
  }
  return std::string(kPrefixes[0]);
}

std::string_view syscall_name(std::string_view function) {
  for (std::string_view prefix : kPrefixes) {
    if (function.starts_with(prefix)) return function.substr(prefix.size());
  }
  return {};
}

std::string_view expected_syscall_prefix() {
#if defined(__x86_64__)
  constexpr std::string_view kWrapped = "__x64_sys_";
#elif defined(__aarch64__)
  constexpr std::string_view kWrapped = "__arm64_sys_";
#elif defined(__s390x__)
  constexpr std::string_view kWrapped = "__s390x_sys_";
#elif defined(__riscv)
  constexpr std::string_view kWrapped = "__riscv_sys_";
#else
  constexpr std::string_view kWrapped = "sys_";
#endif
  return has_feature("syscall_wrapper") ? kWrapped : "sys_";
}

std::string fix_syscall_function(std::string_view function) {
  std::string_view name = syscall_name(function);
  if (name.empty()) return std::string(function);
  return fmt::format("{}{}", expected_syscall_prefix(), name);
}

std::vector<std::string> syscall_names(const Kallsyms& symbols) {
  std::string prefix = syscall_prefix(symbols);
  std::vector<std::string> names;
  for (size_t i = 0; i < symbols.size(); i++) {
    Kallsyms::Symbol symbol = symbols[i];
    bool function = symbol.type == 't' || symbol.type == 'T';
    if (function && symbol.name.starts_with(prefix)) names.emplace_back(symbol.name.substr(prefix.size()));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace sonde::kernel
