// The places where a program can be attached: one table, one file per kind.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "bpf/fork_listener.h"
#include "bpf/program.h"
#include "kernel/btf.h"

namespace sonde::bpf {

struct PerfEventWanted {
  uint32_t type = 0;
  uint64_t config = 0;
  uint64_t sample_period = 0;
  uint64_t sample_freq = 0;
  int pid = -1;
  int cpu = -1;  // -1: every online CPU
  int group_fd = -1;
  unsigned long flags = 0;  // PERF_FLAG_*
  std::string attr;         // a whole perf_event_attr, of the size that it says; it then holds for all above but pid, cpu, group_fd
};

// A place in a file that processes run.
struct UserPlace {
  uint64_t offset = 0;            // in the file
  uint64_t semaphore_offset = 0;  // in the file; 0: none. The kernel counts it up while the probe is there
  uint64_t cookie = 0;            // what bpf_get_attach_cookie() gives
};

struct UserPlacesWanted {
  std::string path;  // empty: `target` is resolved instead
  std::vector<UserPlace> places;
};

// Of programs on packets and sockets, whose target is a device, a cgroup's directory, a map of sockets or a namespace's file.
struct NetworkWanted {
  int attach_type = -1;  // BPF_CGROUP_*, BPF_SK_*; -1: the kind says all
  bool is_egress = false;  // of tc
  int map = -1;            // a map of sockets
  uint32_t flags = 0;
};

// One place wanted, or several of one program in one file.
struct HookRequest {
  std::string kind;    // as in spec::Hook
  std::string target;  // "vfs_read", "sched:sched_switch", "vmlinux:tcp_connect", "/usr/bin/x:0x1234"
  std::vector<std::string> functions = {};  // of one kprobe for many, whose target is then but a label
  uint64_t offset = 0;
  int maxactive = 0;   // of a kretprobe: how many calls may be under way at once; 0: the kernel chooses
  int pid = -1;        // of a uprobe
  PerfEventWanted perf_event;
  UserPlacesWanted user;
  NetworkWanted network;

  std::string label() const { return kind + ":" + target; }
};

// A program attached somewhere: descriptors, whose closing detaches it. A process that is killed leaves nothing behind,
// but for kretprobes with `maxactive`, which need an entry in tracefs (hook_kprobe.cc), and programs of traffic control
// before Linux 6.6 (hook_network.cc).
class Link {
 public:
  Link() = default;
  explicit Link(base::Fd fd) { fds_.push_back(std::move(fd)); }
  Link(Link&& other) noexcept
      : fds_(std::move(other.fds_)),
        kprobe_event_(std::exchange(other.kprobe_event_, {})),
        at_end_(std::exchange(other.at_end_, {})),
        generation_(other.generation_) {}
  Link& operator=(Link&& other) noexcept;
  ~Link();

  void add(base::Fd fd) { fds_.push_back(std::move(fd)); }
  void set_kprobe_event(std::string name) { kprobe_event_ = std::move(name); }
  // What detaches where no descriptor does: left to the process that attached, not to its children.
  void at_end(std::function<void()> detach) { at_end_ = std::move(detach); }
  const std::vector<base::Fd>& fds() const { return fds_; }
  const std::string& kprobe_event() const { return kprobe_event_; }

 private:
  std::vector<base::Fd> fds_;
  std::string kprobe_event_;  // to be removed from tracefs
  std::function<void()> at_end_;
  unsigned generation_ = fork_generation();
};

// What a program must be loaded as, with the module's descriptor kept open until it is.
struct ResolvedType {
  ProgramType type;
  base::Fd module_btf;
};

struct HookKind {
  std::string_view kind;
  uint32_t program_type;
  int expected_attach_type;  // -1: none
  std::string_view feature;  // of kernel/features that it takes, or empty
  // Finds what loading needs (the BTF id of the function); nullptr: the type alone is enough.
  Status (*resolve)(const HookRequest&, ResolvedType&);
  Result<Link> (*attach)(int program, const HookRequest&);
};

// nullptr for a kind that is not in the table.
const HookKind* find_hook_kind(std::string_view kind);

Result<ResolvedType> resolve_type(const HookKind& kind, const HookRequest& request);

Result<Link> attach_kprobe(int program, const HookRequest& request);
Result<Link> attach_kretprobe(int program, const HookRequest& request);
Result<Link> attach_kprobe_multi(int program, const HookRequest& request);
Result<Link> attach_kretprobe_multi(int program, const HookRequest& request);
Result<Link> attach_tracepoint(int program, const HookRequest& request);
Result<Link> attach_raw_tracepoint(int program, const HookRequest& request);
Result<Link> attach_tracing(int program, const HookRequest& request);
Result<Link> attach_iter(int program, const HookRequest& request);
Result<Link> attach_perf_event(int program, const HookRequest& request);
Result<Link> attach_uprobe(int program, const HookRequest& request);
Result<Link> attach_uretprobe(int program, const HookRequest& request);
Result<Link> attach_uprobe_multi(int program, const HookRequest& request);
Result<Link> attach_uretprobe_multi(int program, const HookRequest& request);
Result<Link> attach_xdp(int program, const HookRequest& request);
Result<Link> attach_tc(int program, const HookRequest& request);
Result<Link> attach_cgroup(int program, const HookRequest& request);
Result<Link> attach_netns(int program, const HookRequest& request);
Result<Link> attach_socket_map(int program, const HookRequest& request);

// The kernel's types, kept as long as anyone holds them: reading them takes 10 ms, so who attaches several tracing programs
// holds on to them meanwhile, and they do not stay in a tracer's memory after that.
Result<std::shared_ptr<const kernel::Btf>> kernel_types();

Status resolve_tracing(const HookRequest& request, ResolvedType& resolved);
Status resolve_network(const HookRequest& request, ResolvedType& resolved);

}  // namespace sonde::bpf
