// The kernel functions of system calls: `__x64_sys_clone` here, `sys_clone` or `__arm64_sys_clone` elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::kernel {

class Kallsyms;

// What this kernel puts before a system call's name: "__x64_sys_", "sys_", …
std::string syscall_prefix(const Kallsyms& symbols);

// "clone" for sys_clone, __x64_sys_clone, __arm64_sys_clone, …; empty when it is no system call's function.
std::string_view syscall_name(std::string_view function);

// The same without reading 120,000 symbols: by architecture and version.
std::string_view expected_syscall_prefix();

// The same system call's function under this kernel's prefix; any other name comes back unchanged.
std::string fix_syscall_function(std::string_view function);

// All system calls' names ("clone", "read", …), sorted.
std::vector<std::string> syscall_names(const Kallsyms& symbols);

}  // namespace sonde::kernel
