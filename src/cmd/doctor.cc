// `sonde doctor`: what this kernel offers, what is missing, and the command that would fix it.
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/standard_output.h"
#include "bpf/system/permission.h"
#include "cmd/commands.h"
#include "kernel/features.h"
#include "kernel/kallsyms.h"
#include "kernel/release.h"
#include "session/compiler/compiler_path.h"

namespace sonde::cmd {
namespace {

struct Finding {
  std::string name;
  std::optional<bool> good;  // nothing: this process cannot find out
  std::string says;          // what it is for, or what is lost without it
  std::string fix;           // a command, or empty
};

struct Purpose {
  std::string_view feature;
  const char* with;
  const char* without;
  const char* fix;
};

constexpr Purpose kPurposes[] = {
    {"btf", "types of the kernel without its headers", "tools and programs cannot find the kernel's fields", ""},
    {"tracefs", "tracepoints", "no tracepoint can be attached", "mount -t tracefs nodev /sys/kernel/tracing"},
    {"raw_tracepoint", "tracepoints with their arguments, at little cost", "scheduler tools do not run", ""},
    {"kprobe", "probes of kernel functions", "system calls are traced by tracepoints; other functions only by fentry",
     ""},
    {"fentry", "probes of kernel functions at little cost, and no missed returns",
     "kprobes are used if the kernel has them", ""},
    {"kprobe_multi", "thousands of functions in one link", "each function is attached separately", ""},
    {"uprobe", "probes of user programs and USDT", "user programs cannot be probed", ""},
    {"uprobe_multi", "many places of user programs in one link", "each place is attached separately", ""},
    {"ringbuf", "one buffer for the events of all CPUs, in order", "perf buffers are used", ""},
    {"perf_lost_count", "exact counts of lost events", "losses of perf buffers are known as far as the kernel tells",
     ""},
    {"lsm", "probes of security hooks", "programs of LSM_PROBE do not attach", ""},
};

std::optional<std::string> first_line(const char* path) {
  Result<std::string> text = base::read_file(path);
  if (!text) return std::nullopt;
  return text->substr(0, text->find('\n'));
}

Finding unknown(std::string name, std::string_view why, std::string fix = {}) {
  return {std::move(name), std::nullopt, fmt::format("not known: {}", why), std::move(fix)};
}

Finding feature(const Purpose& each) {
  using State = kernel::Presence::State;
  std::string name(each.feature);
  kernel::Presence found = kernel::feature_presence(each.feature);
  switch (found.state) {
    case State::kPresent: return {name, true, each.with, ""};
    case State::kRefused: return {name, false, fmt::format("{}; {}", found.why, each.without), ""};
    case State::kUnknown: return unknown(name, found.why);
    case State::kAbsent: break;
  }
  return {name, false, fmt::format("needs Linux {}; {}", kernel::feature_since(each.feature), each.without), each.fix};
}

Finding permission() {
  if (bpf::may_load_programs()) return {"permission", true, "programs may be loaded", ""};
  return {"permission", false, "programs may not be loaded: " + bpf::permission_hint(),
          ::geteuid() == 0 ? "" : "sudo sonde doctor"};
}

bool is_mounted(const char* directory, long magic) {
  struct statfs status{};
  return ::statfs(directory, &status) == 0 && static_cast<long>(status.f_type) == magic;
}

// Without the file in a securityfs that is mounted, the kernel has no lockdown at all.
Finding lockdown() {
  Result<std::string> text = base::read_file("/sys/kernel/security/lockdown");
  if (!text && !is_mounted("/sys/kernel/security", SECURITYFS_MAGIC)) {
    return unknown("lockdown", "securityfs is not mounted", "mount -t securityfs none /sys/kernel/security");
  }
  if (!text && text.error().kind == ErrorKind::kPermission) return unknown("lockdown", text.error().what);
  bool good = bpf::lockdown_mode(text.value_or("")) != "confidentiality";
  return {"lockdown", good,
          good ? "kernel memory may be read" : "lockdown=confidentiality: programs may not read kernel memory", ""};
}

Finding addresses() {
  auto symbols = kernel::Kallsyms::running();
  if (!symbols) return unknown("kernel symbols", symbols.error().what);
  if ((*symbols)->has_addresses()) return {"kernel symbols", true, "addresses of kernel functions are known", ""};
  bool from_everyone = first_line("/proc/sys/kernel/kptr_restrict") == "2";
  return {"kernel symbols", false,
          fmt::format("addresses are hidden from {}: kernel stacks have no names",
                      from_everyone ? "everyone" : "this user"),
          from_everyone ? "sysctl kernel.kptr_restrict=1" : ""};
}

Finding jit() {
  std::optional<std::string> setting = first_line("/proc/sys/net/core/bpf_jit_enable");
  if (!setting) return unknown("BPF JIT", "/proc/sys/net/core/bpf_jit_enable cannot be read");
  bool off = setting == "0";
  return {"BPF JIT", !off,
          off ? "programs are interpreted: each event costs several times more" : "programs run as machine code",
          off ? "sysctl net.core.bpf_jit_enable=1" : ""};
}

Finding cgroups() {
  bool good = is_mounted("/sys/fs/cgroup", CGROUP2_SUPER_MAGIC);
  return {"cgroup v2", good,
          good ? "--cgroup, --container and --unit work" : "--cgroup, --container and --unit find nothing",
          good ? "" : "mount -t cgroup2 none /sys/fs/cgroup"};
}

Finding compiler() {
  auto found = session::find_compiler();
  return {"sonde-cc", found.has_value(),
          found ? "C is compiled by " + found->path : found.error().what + "; ready tools and objects run",
          found ? "" : "export SONDE_CC=/path/to/sonde-cc"};
}

void print(const std::vector<Finding>& findings) {
  base::put(fmt::format("Linux {}\n\n", kernel::running_release()));
  for (const Finding& each : findings) {
    base::put(fmt::format("  {:<4} {:<16} {}\n", !each.good ? "?" : *each.good ? "yes" : "no", each.name, each.says));
    if (!each.fix.empty()) base::put(fmt::format("       {:<16} fix: {}\n", "", each.fix));
  }
}

void print_json(const std::vector<Finding>& findings) {
  nlohmann::ordered_json all = {{"kernel", kernel::running_release()}, {"findings", nlohmann::ordered_json::array()}};
  for (const Finding& each : findings) {
    nlohmann::ordered_json good = each.good ? nlohmann::ordered_json(*each.good) : nullptr;
    nlohmann::ordered_json finding = {{"name", each.name}, {"good", good}, {"says", each.says}};
    if (!each.fix.empty()) finding["fix"] = each.fix;
    all["findings"].push_back(std::move(finding));
  }
  base::put(all.dump(2) + "\n");
}

// Status 1: nothing can be traced at all.
int examine(bool as_json) {
  std::vector<Finding> findings{permission(), lockdown()};
  for (const Purpose& each : kPurposes) findings.push_back(feature(each));
  for (Finding each : {addresses(), jit(), cgroups(), compiler()}) findings.push_back(std::move(each));
  as_json ? print_json(findings) : print(findings);
  return findings[0].good == true ? 0 : 1;
}

}  // namespace

Action add_doctor(CLI::App& app) {
  auto as_json = std::make_shared<bool>(false);
  CLI::App* doctor = app.add_subcommand("doctor", "Say what this kernel offers, what is missing and how to fix it");
  doctor->add_flag("--json", *as_json, "as one JSON object");
  return [as_json] { return Result<int>(examine(*as_json)); };
}

}  // namespace sonde::cmd
