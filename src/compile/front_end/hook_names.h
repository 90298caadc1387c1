// Where a program goes, by the name of its function (kprobe__vfs_read) or its section (SEC("kprobe/vfs_read")).
#pragma once

#include <optional>
#include <string_view>

#include "compile/front_end/program.h"

namespace sonde::compile {

struct NamedHook {
  spec::Hook hook;
  bool auto_attach = false;
  std::optional<ContextKind> context;  // where the hook alone decides it
};

// A plain function name gives a hook with an empty kind.
NamedHook hook_of_function(std::string_view name);
// Nothing for a section that is none of the known ones.
std::optional<NamedHook> hook_of_section(std::string_view section);

// "sys_clone", "__x64_sys_clone" -> true: the kernel function that implements a system call.
bool is_syscall_function(std::string_view function);

}  // namespace sonde::compile
