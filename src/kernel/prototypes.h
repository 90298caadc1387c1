// What the running kernel's BTF says of functions and raw tracepoints, as C text.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/btf.h"

namespace sonde::kernel {

// Of the kernel itself, or of a module; kept for as long as the process lives.
Result<std::shared_ptr<const Btf>> running_btf(const std::string& module = {});
// Modules that have BTF, sorted.
std::vector<std::string> modules_with_btf();

// The prototypes of all functions in `btf` (not in its base) that have one of these names. Static functions of several
// source files may share a name: each different prototype is there once.
using Prototypes = std::map<std::string, std::vector<std::string>, std::less<>>;
Prototypes prototypes_of(const Btf& btf, const std::set<std::string, std::less<>>& names);

struct RawTracepoint {
  std::string name;
  std::string parameters;  // "bool preempt, struct task_struct *prev": what the program finds in ctx->args
};
// Those of `btf`, not of its base, by name.
std::vector<RawTracepoint> raw_tracepoints_of(const Btf& btf);

}  // namespace sonde::kernel
