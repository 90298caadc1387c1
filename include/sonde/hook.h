// A hook as a value: what kind it is, what it is on, and what that kind needs to know beside. Session::attach() takes
// it, and Session::detach() the same one.
//
//   session->attach("on_read", {sonde::HookKind::kKprobe, "vfs_read"});
//   session->attach("on_malloc", {sonde::HookKind::kUprobe, "", sonde::UserProbe{"c", "malloc"}});
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace [[gnu::visibility("default")]] sonde {

enum class HookKind : uint16_t {
  kNone,     // where the program's name or section says
  kUnknown,  // of an object that a newer sonde made
#define SONDE_HOOK_KIND(id, ...) id,
#define SONDE_PROGRAM_KIND(id, ...) id,
#include "sonde/hook_kinds.def"
};

// "kprobe", "tracepoint", …; "" of kNone.
std::string_view name_of(HookKind kind);
// kNone for "", kUnknown for a name that is none.
HookKind hook_kind(std::string_view name);

// Of kprobes and kretprobes.
struct KernelFunction {
  std::vector<std::string> names = {};  // many functions instead of the target's one
  // One for each name, or none: where the function is, for names that several functions have; and what
  // bpf_get_attach_cookie() gives there (Linux 5.15).
  std::vector<uint64_t> addresses = {}, cookies = {};
  uint64_t offset = 0;
  int maxactive = 0;    // of a kretprobe: how many calls may be under way at once; 0: the kernel chooses
  uint64_t cookie = 0;  // of the target's one function
};

// Of tracepoints.
struct TracepointEvent {
  uint64_t cookie = 0;  // what bpf_get_attach_cookie() gives there (Linux 5.15)
};

// A place in user programs. `binary` is a path, a program's name (looked up in $PATH) or a library's ("c",
// "pthread"), with a pid as that process sees it, and only in that process.
struct UserProbe {
  std::string binary = {};
  std::string symbol = {};  // all functions of the name, as nm(1) prints it or "ns::Class::method"; or empty:
  uint64_t address = 0;     // as nm(1) prints it; or 0:
  uint64_t offset = 0;      // from there, in bytes: from the start of the file if neither is given
  int pid = -1;
  std::string pattern = {};  // every function whose whole name matches the POSIX extended regular expression

  struct Place {
    uint64_t offset = 0;            // in the file
    uint64_t semaphore_offset = 0;  // in the file; 0: none. The kernel counts it up while the probe is there
    uint64_t cookie = 0;            // what bpf_get_attach_cookie() gives
  };
  // Instead of all these: a file, and places in it. attach() fills them in where they are not given.
  std::string path = {};
  std::vector<Place> places = {};
};

struct PerfEvent {
  uint32_t type = 0;
  uint64_t config = 0;
  uint64_t sample_period = 0;
  uint64_t sample_freq = 0;
  int pid = -1;
  int cpu = -1;  // -1: every online CPU
  int group_fd = -1;
  unsigned long flags = 0;  // PERF_FLAG_*
  // A whole perf_event_attr, of the size that it says; it then holds for all but pid, cpu, group_fd.
  std::string attr = {};
};

// Of programs on packets and sockets, whose target is a device, a cgroup's directory, a map of sockets or a
// namespace's file.
struct NetworkPlace {
  int attach_type = -1;    // BPF_CGROUP_*, BPF_SK_*; -1: what the program's section says
  bool is_egress = false;  // of tc
  uint32_t flags = 0;
  int map = -1;  // descriptor of the map of sockets; attach() finds it
};

struct Hook {
  HookKind kind = HookKind::kNone;
  std::string target = {};  // "vfs_read", "sched:sched_switch", "vmlinux:tcp_connect", "c:malloc", "eth0"
  std::variant<std::monostate, KernelFunction, UserProbe, PerfEvent, NetworkPlace, TracepointEvent> place = {};

  // What `place` says, or all defaults if it speaks of something else.
  template <typename Place>
  const Place& as() const {
    static const Place none;
    const Place* place_of_kind = std::get_if<Place>(&place);
    return place_of_kind ? *place_of_kind : none;
  }
  template <typename Place>
  Place& edit() {
    if (!std::holds_alternative<Place>(place)) place = Place();
    return std::get<Place>(place);
  }
  std::string label() const { return std::string(name_of(kind)) + ":" + target; }   // "kprobe:vfs_read"
  std::string phrase() const { return std::string(name_of(kind)) + " " + target; }  // the same in messages
};

}  // namespace sonde
