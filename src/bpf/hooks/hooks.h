// The places where a program can be attached: a row of sonde/hook_kinds.def and a file NAME.cc for each kind.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "bpf/load/program.h"
#include "bpf/system/fork_listener.h"
#include "kernel/btf.h"
#include "sonde/hook.h"
#include "spec/hook_kinds.h"

namespace sonde::bpf {

// A program attached somewhere: descriptors, whose closing detaches it. A process that is killed leaves nothing behind,
// but for kretprobes with `maxactive`, which need an entry in tracefs (kprobe_event.cc), and programs of traffic
// control before Linux 6.6 (tc.cc).
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

enum class PlaceKind { kNone, kFunction, kUser, kPerfEvent, kNetwork };  // which of Hook::place a kind has

// A row of sonde/hook_kinds.def.
struct HookRow {
  HookKind kind = HookKind::kNone;
  PlaceKind place = PlaceKind::kNone;
  uint32_t program_type = 0;
  int attach_type = -1;           // -1: none
  std::string_view feature = {};  // of kernel/features that it takes, or empty
  // Finds what loading needs beside the type, such as the BTF id of the function.
  Status (*resolve)(const Hook&, ResolvedType&) = nullptr;
  Result<Link> (*attach)(int program,
                         const Hook&) = nullptr;  // nullptr: programs of this kind go to another kind's place:
  HookKind goes_to = HookKind::kNone;
  std::string_view target = {};  // there, where the program's section alone says it
  std::string_view how = {};     // to attach a program whose section does not say where: {} is its name
  spec::Attaches attaches = spec::Attaches::kNever;
};

const HookRow& row_of(HookKind kind);

Result<ResolvedType> resolve_type(const HookRow& row, const Hook& hook);

// The functions that the rows name, each in the file of its kind.
#define SONDE_HOOK_KIND(id, name, place, prefix, sections, attaches, context, type, attach_type, feature, resolve, \
                        attach, how)                                                                               \
  Status resolve(const Hook& hook, ResolvedType& resolved);                                                        \
  Result<Link> attach(int program, const Hook& hook);
#define SONDE_PROGRAM_KIND(...)
#include "sonde/hook_kinds.def"

// The kernel's types, kept as long as anyone holds them: reading them takes 10 ms, so who attaches several tracing
// programs holds on to them meanwhile, and they do not stay in a tracer's memory after that.
Result<std::shared_ptr<const kernel::Btf>> kernel_types();

}  // namespace sonde::bpf
