// Where a program goes, by the name of its function or its section.
#include "compile/hook_names.h"

#include <array>
#include <string>

namespace sonde::compile {
namespace {

struct Prefix {
  std::string_view text;
  std::string_view kind;
  bool auto_attach;
  std::optional<ContextKind> context;
};

constexpr auto kRegisters = ContextKind::kRegisters;
constexpr auto kTyped = ContextKind::kTyped;
constexpr auto kNetworking = ContextKind::kNetworking;

// BCC's function names. kmod_ret and bpf_iter are attached by the driver.
constexpr Prefix kFunctionPrefixes[] = {
    {"kprobe__", "kprobe", true, kRegisters},
    {"kretprobe__", "kretprobe", true, kRegisters},
    {"tracepoint__", "tracepoint", true, ContextKind::kTracepoint},
    {"raw_tracepoint__", "raw_tracepoint", true, ContextKind::kArguments},
    {"kfunc__", "fentry", true, kTyped},
    {"kretfunc__", "fexit", true, kTyped},
    {"lsm__", "lsm", true, kTyped},
    {"kmod_ret__", "fmod_ret", false, kTyped},
    {"bpf_iter__", "iter", false, kTyped},
};

// libbpf's sections. A longer prefix stands before a shorter one that it begins with.
constexpr Prefix kSectionPrefixes[] = {
    {"kprobe", "kprobe", true, kRegisters},
    {"kretprobe", "kretprobe", true, kRegisters},
    {"ksyscall", "ksyscall", true, kRegisters},
    {"kretsyscall", "kretsyscall", true, kRegisters},
    {"uprobe", "uprobe", true, kRegisters},
    {"uretprobe", "uretprobe", true, kRegisters},
    {"usdt", "usdt", true, kRegisters},
    {"tracepoint", "tracepoint", true, ContextKind::kTracepoint},
    {"tp", "tracepoint", true, ContextKind::kTracepoint},
    {"raw_tracepoint", "raw_tracepoint", true, ContextKind::kArguments},
    {"raw_tp", "raw_tracepoint", true, ContextKind::kArguments},
    {"tp_btf", "tp_btf", true, kTyped},
    {"fentry", "fentry", true, kTyped},
    {"fexit", "fexit", true, kTyped},
    {"fmod_ret", "fmod_ret", true, kTyped},
    {"lsm", "lsm", true, kTyped},
    {"iter", "iter", false, kTyped},
    {"perf_event", "perf_event", false, ContextKind::kPerfEvent},
    {"socket", "socket_filter", false, kNetworking},
    {"xdp", "xdp", true, kNetworking},
    {"tc", "tc", false, kNetworking},
    {"classifier", "tc", false, kNetworking},
    {"action", "tc_action", false, kNetworking},
    {"cgroup_skb", "cgroup_skb", false, kNetworking},
    {"cgroup", "cgroup", false, kNetworking},
    {"sockops", "sock_ops", false, kNetworking},
    {"sk_skb", "sk_skb", false, kNetworking},
    {"sk_msg", "sk_msg", false, kNetworking},
    {"sk_lookup", "sk_lookup", false, kNetworking},
    {"sk_reuseport", "sk_reuseport", false, kNetworking},
    {"flow_dissector", "flow_dissector", false, kNetworking},
    {"lwt_in", "lwt_in", false, kNetworking},
    {"lwt_out", "lwt_out", false, kNetworking},
    {"lwt_xmit", "lwt_xmit", false, kNetworking},
    {"lwt_seg6local", "lwt_seg6local", false, kNetworking},
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

bool lives_in_module(std::string_view kind) { return kind == "fentry" || kind == "fexit" || kind == "fmod_ret"; }

}  // namespace

NamedHook hook_of_function(std::string_view name) {
  for (const auto& prefix : kFunctionPrefixes) {
    if (!name.starts_with(prefix.text)) continue;
    std::string_view rest = name.substr(prefix.text.size());
    std::string target(rest);
    if (prefix.kind == "tracepoint") target = replaced(rest, "__", ":");
    if (lives_in_module(prefix.kind)) {
      target = rest.find("__") != rest.npos && prefix.text != "kmod_ret__" && !rest.starts_with("__")
                   ? replaced(rest, "__", ":")
                   : with_module(rest);
    }
    return {{std::string(prefix.kind), std::move(target)}, prefix.auto_attach, prefix.context};
  }
  return {};
}

std::optional<NamedHook> hook_of_section(std::string_view section) {
  for (const auto& prefix : kSectionPrefixes) {
    if (!section.starts_with(prefix.text)) continue;
    std::string_view rest = section.substr(prefix.text.size());
    if (rest.starts_with(".s")) rest.remove_prefix(2);  // sleepable
    if (rest.starts_with(".multi")) rest.remove_prefix(6);
    if (!rest.empty() && rest.front() != '/') continue;
    if (!rest.empty()) rest.remove_prefix(1);
    std::string target(rest);
    if (prefix.kind == "tracepoint") target = replaced(rest, "/", ":");
    if (lives_in_module(prefix.kind)) target = with_module(rest);
    bool says_where = !rest.empty() && !(prefix.kind == "xdp" && (rest == "devmap" || rest == "cpumap"));
    return NamedHook{{std::string(prefix.kind), std::move(target)}, prefix.auto_attach && says_where, prefix.context};
  }
  return std::nullopt;
}

bool is_syscall_function(std::string_view function) {
  for (std::string_view prefix : {"sys_", "__x64_sys_", "__ia32_sys_", "__arm64_sys_", "__s390x_sys_", "__riscv_sys_"}) {
    if (function.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace sonde::compile
