// `sonde doctor`: what this kernel offers, what is missing, and the command that would mend it.
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "bpf/permission.h"
#include "cmd/commands.h"
#include "kernel/features.h"
#include "kernel/release.h"
#include "session/compiler_path.h"

namespace sonde::cmd {
namespace {

struct Finding {
  std::string name;
  bool good = false;
  std::string says;  // what it is for, or what is lost without it
  std::string mend;  // a command, or empty
};

struct Purpose {
  std::string_view feature;
  const char* with;
  const char* without;
  const char* mend;
};

constexpr Purpose kPurposes[] = {
    {"btf", "types of the kernel without its headers", "tools and programs cannot find the kernel's fields", ""},
    {"tracefs", "tracepoints", "no tracepoint can be attached", "mount -t tracefs nodev /sys/kernel/tracing"},
    {"raw_tracepoint", "tracepoints with their arguments, at little cost", "scheduler tools do not run", ""},
    {"kprobe", "probes of kernel functions", "system calls are traced by tracepoints; other functions only by fentry", ""},
    {"fentry", "probes of kernel functions at little cost, and no missed returns", "kprobes are used", ""},
    {"kprobe_multi", "thousands of functions in one link", "each function is attached by itself", ""},
    {"uprobe", "probes of user programs and USDT", "user programs cannot be probed", ""},
    {"uprobe_multi", "many places of user programs in one link", "each place is attached by itself", ""},
    {"ringbuf", "one buffer for the events of all CPUs, in order", "perf buffers are used", ""},
    {"perf_lost_count", "exact counts of lost events", "losses of perf buffers are known as far as the kernel tells", ""},
    {"lsm", "probes of security hooks", "programs of LSM_PROBE do not attach", ""},
};

std::string first_line(const char* path) {
  std::string text = base::read_file(path).value_or("");
  return text.substr(0, text.find('\n'));
}

std::vector<Finding> features() {
  std::vector<Finding> findings;
  for (const Purpose& each : kPurposes) {
    bool good = kernel::has_feature(each.feature);
    std::string lost = fmt::format("takes Linux {}; {}", kernel::feature_since(each.feature), each.without);
    findings.push_back({std::string(each.feature), good, good ? each.with : lost, good ? "" : each.mend});
  }
  return findings;
}

Finding permission() {
  bool good = bpf::may_load_programs();
  return {"permission", good, good ? "programs may be loaded" : "programs may not be loaded: " + bpf::permission_hint(), good ? "" : "sudo sonde doctor"};
}

Finding lockdown() {
  std::string mode = bpf::lockdown_mode(base::read_file("/sys/kernel/security/lockdown").value_or(""));
  bool good = mode != "confidentiality";
  return {"lockdown", good, good ? "kernel memory may be read" : "lockdown=confidentiality: programs may not read kernel memory", ""};
}

Finding addresses() {
  bool hidden = first_line("/proc/sys/kernel/kptr_restrict") == "2";
  return {"kernel symbols", !hidden, hidden ? "addresses are hidden from everyone: kernel stacks have no names" : "addresses of kernel functions are known",
          hidden ? "sysctl kernel.kptr_restrict=1" : ""};
}

Finding jit() {
  bool off = first_line("/proc/sys/net/core/bpf_jit_enable") == "0";
  return {"BPF JIT", !off, off ? "programs are interpreted: each event costs several times more" : "programs run as machine code",
          off ? "sysctl net.core.bpf_jit_enable=1" : ""};
}

Finding cgroups() {
  constexpr long kCgroup2 = 0x63677270;
  struct statfs status {};
  bool good = ::statfs("/sys/fs/cgroup", &status) == 0 && status.f_type == kCgroup2;
  return {"cgroup v2", good, good ? "--cgroup, --container and --unit" : "--cgroup, --container and --unit find nothing",
          good ? "" : "mount -t cgroup2 none /sys/fs/cgroup"};
}

Finding compiler() {
  auto found = session::find_compiler();
  return {"sonde-cc", found.has_value(), found ? "C is compiled by " + found->path : "C cannot be compiled here; ready tools and objects run",
          found ? "" : "export SONDE_CC=/path/to/sonde-cc"};
}

void print(const std::vector<Finding>& findings) {
  std::printf("Linux %s\n\n", kernel::running_release().c_str());
  for (const Finding& each : findings) {
    std::printf("  %-4s %-16s %s\n", each.good ? "yes" : "no", each.name.c_str(), each.says.c_str());
    if (!each.mend.empty()) std::printf("       %-16s mend it: %s\n", "", each.mend.c_str());
  }
}

void print_json(const std::vector<Finding>& findings) {
  nlohmann::ordered_json all = {{"kernel", kernel::running_release()}, {"findings", nlohmann::ordered_json::array()}};
  for (const Finding& each : findings) {
    nlohmann::ordered_json finding = {{"name", each.name}, {"good", each.good}, {"says", each.says}};
    if (!each.mend.empty()) finding["mend"] = each.mend;
    all["findings"].push_back(std::move(finding));
  }
  std::printf("%s\n", all.dump(2).c_str());
}

// Status 1: nothing can be traced at all.
int examine(bool as_json) {
  std::vector<Finding> findings{permission(), lockdown()};
  for (Finding& each : features()) findings.push_back(std::move(each));
  for (Finding each : {addresses(), jit(), cgroups(), compiler()}) findings.push_back(std::move(each));
  as_json ? print_json(findings) : print(findings);
  return findings[0].good ? 0 : 1;
}

}  // namespace

Action add_doctor(CLI::App& app) {
  auto as_json = std::make_shared<bool>(false);
  CLI::App* doctor = app.add_subcommand("doctor", "Say what this kernel offers, what is missing and how to mend it");
  doctor->add_flag("--json", *as_json, "as one JSON object");
  return [as_json] { return Result<int>(examine(*as_json)); };
}

}  // namespace sonde::cmd
