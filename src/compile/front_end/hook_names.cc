#include "compile/front_end/hook_names.h"

#include <algorithm>
#include <string>

#include "spec/hook_kinds.h"

namespace sonde::compile {
namespace {

struct Named {
  HookKind kind;
  std::string_view prefix;    // of functions
  std::string_view sections;  // separated by a space
  spec::Attaches attaches;
  ContextKind context;
};

using enum spec::Attaches;
using enum ContextKind;

constexpr Named kNamed[] = {
#define SONDE_HOOK_KIND(id, name, place, prefix, sections, attaches, context, ...) \
  {HookKind::id, prefix, sections, attaches, context},
#define SONDE_PROGRAM_KIND(id, name, sections, attaches, context, ...) {HookKind::id, "", sections, attaches, context},
#include "sonde/hook_kinds.def"
};

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  if (size_t at = out.find(from); at != out.npos) out.replace(at, from.size(), to);
  return out;
}

// vfs_read -> vmlinux:vfs_read: the functions of fentry and kin live in a module.
std::string with_module(std::string_view target) {
  return target.find(':') == target.npos && !target.empty() ? "vmlinux:" + std::string(target) : std::string(target);
}

bool lives_in_module(HookKind kind) {
  return kind == HookKind::kFentry || kind == HookKind::kFexit || kind == HookKind::kFmodRet;
}

std::string target_of_function(HookKind kind, std::string_view rest) {
  if (kind == HookKind::kTracepoint) return replaced(rest, "__", ":");
  if (!lives_in_module(kind)) return std::string(rest);
  bool names_module = rest.find("__") != rest.npos && kind != HookKind::kFmodRet && !rest.starts_with("__");
  return names_module ? replaced(rest, "__", ":") : with_module(rest);
}

// What follows one of the row's sections: "/vfs_read", ".s/f", or nothing.
std::optional<std::string_view> rest_of_section(const Named& named, std::string_view section) {
  for (std::string_view left = named.sections; !left.empty();) {
    std::string_view word = left.substr(0, left.find(' '));
    left.remove_prefix(std::min(word.size() + 1, left.size()));
    if (!section.starts_with(word)) continue;
    std::string_view rest = section.substr(word.size());
    if (rest.starts_with(".s")) rest.remove_prefix(2);  // sleepable
    if (rest.starts_with(".multi")) rest.remove_prefix(6);
    if (rest.empty() || rest.front() == '/') return rest;
  }
  return std::nullopt;
}

}  // namespace

NamedHook hook_of_function(std::string_view name) {
  for (const Named& named : kNamed) {
    if (named.prefix.empty() || !name.starts_with(named.prefix)) continue;
    std::string target = target_of_function(named.kind, name.substr(named.prefix.size()));
    return {{named.kind, std::move(target)}, named.attaches == kAlways, named.context};
  }
  return {};
}

std::optional<NamedHook> hook_of_section(std::string_view section) {
  for (const Named& named : kNamed) {
    auto found = rest_of_section(named, section);
    if (!found) continue;
    std::string_view rest = found->empty() ? *found : found->substr(1);
    std::string target(rest);
    if (named.kind == HookKind::kTracepoint) target = replaced(rest, "/", ":");
    if (lives_in_module(named.kind)) target = with_module(rest);
    bool says_where = !rest.empty() && !(named.kind == HookKind::kXdp && (rest == "devmap" || rest == "cpumap"));
    return NamedHook{{named.kind, std::move(target)}, named.attaches != kNever && says_where, named.context};
  }
  return std::nullopt;
}

bool is_syscall_function(std::string_view function) {
  for (std::string_view prefix :
       {"sys_", "__x64_sys_", "__ia32_sys_", "__arm64_sys_", "__s390x_sys_", "__riscv_sys_"}) {
    if (function.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace sonde::compile
