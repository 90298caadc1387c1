// The public C++ interface: C text or an object file in, a running tracing session out.
//
//   auto object = sonde::compile(source);             // or sonde::Object::open("tool.o")
//   auto session = sonde::Session::load(*object);     // maps exist, nothing runs yet
//   session->attach_all();                            // every program whose name or section says where it goes
//   session->map("events")->open_perf_buffer(64, on_event, on_lost);
//   while (running) session->poll(100ms);
//
// Every call returns Result: a value, or an Error of one line and a hint. Nothing throws. Destroying the session
// detaches everything. A session may be used from one thread at a time; several sessions in several threads do not
// disturb each other.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sonde/hook.h"
#include "sonde/result.h"
#include "sonde/usdt.h"

struct perf_event_attr;  // of <linux/perf_event.h>

namespace [[gnu::visibility("default")]] sonde {

namespace spec {
struct Spec;
struct Map;
}  // namespace spec

struct CompileOptions {
  std::string file_name = "/virtual/main.c";  // what diagnostics call the text
  std::vector<std::string> cflags;            // -D, -U, -I, -include, -W…, in order
  unsigned debug = 0;      // 1 LLVM IR, 2 instructions' log, 4 preprocessed source, 8 source with instructions
  std::string btf_path;    // kernel types from this file instead of the running kernel
  bool portable = false;   // CO-RE: an object for other kernels than this one
  std::vector<Usdt> usdt;  // whose enabled probes' arguments bpf_usdt_readarg() can read
  bool use_cache = true;
  // How long the compiler may work; zero: as long as it likes. Not set: SONDE_COMPILE_TIMEOUT (seconds) in the
  // environment says, else it is 30 s.
  std::optional<std::chrono::milliseconds> timeout;
  // Asked ten times a second, and after a signal, while the compiler works: true ends it, and compile() fails with
  // EINTR.
  std::function<bool()> interrupted;
};

// An object file and what is in it.
class Object {
 public:
  static Result<Object> open(const std::string& path);
  static Result<Object> from_bytes(std::string bytes, const std::string& name);

  const std::string& bytes() const;  // ELF, with the spec in it
  const spec::Spec& spec() const;
  const std::string& diagnostics() const;  // the compiler's warnings, and what `debug` asked for
  bool from_cache() const;

 private:
  friend Result<Object> compile(std::string_view, const CompileOptions&);
  struct State;
  std::shared_ptr<const State> state_;
};

// Compiles BCC-dialect or libbpf-style C in a child process (sonde-cc), or takes the finished object from the cache.
// An ErrorKind::kCompile carries the diagnostics, as clang prints them, in `what`.
Result<Object> compile(std::string_view source, const CompileOptions& options = {});

// A map of a loaded session. Keys and values are raw bytes of key_size() and value_size() (per-CPU maps: value_size()
// rounded up to 8, times the number of possible CPUs). Failures carry errno in Error::code.
class Map {
 public:
  const spec::Map& spec() const;
  const std::string& name() const;
  int fd() const;
  uint32_t id() const;
  uint32_t type() const;  // BPF_MAP_TYPE_*
  uint32_t key_size() const;
  uint32_t value_size() const;
  uint32_t value_bytes() const;  // what lookup writes: value_size(), or all CPUs' values
  uint32_t max_entries() const;
  uint32_t flags() const;

  Status lookup(const void* key, void* value) const;
  Status update(const void* key, const void* value, uint64_t flags = 0);
  Status remove(const void* key);
  Status lookup_and_delete(const void* key, void* value);  // queues and stacks: key is nullptr
  // The key after `key` (nullptr: the first); kNotFound at the end.
  Status next_key(const void* key, void* next) const;

  // Many elements in one go, as far as the kernel can for this kind of map. Keys and values lie one after the other.
  struct Elements {
    std::string keys, values;
    size_t count = 0;
  };
  Result<Elements> elements() const;
  Result<Elements> take_elements();  // and removes them
  Result<size_t> count_elements() const;
  // Stops at the first that fails.
  Status update_elements(const void* keys, const void* values, size_t count, uint64_t flags = 0);
  Status remove_elements(const void* keys, size_t count);
  Status remove_all_elements();

  using EventCallback = std::function<void(int cpu, const void* data, uint32_t size)>;
  using LostCallback = std::function<void(int cpu, uint64_t count)>;  // empty: counted and said on standard error
  // For BPF_PERF_OUTPUT: events come aligned to 4 bytes only, their size rounded up by the kernel. `pages` of buffer on
  // each online CPU, a power of two; or on the one `cpu`, beside what is open on others.
  Status open_perf_buffer(EventCallback on_event, LostCallback on_lost = {}, unsigned pages = 8,
                          unsigned wakeup_events = 1, int cpu = -1);
  // For BPF_RINGBUF_OUTPUT: returning a negative number ends the current poll. `cpu` of lost events is not known: -1.
  using RingCallback = std::function<int(const void* data, uint32_t size)>;
  Status open_ring_buffer(RingCallback on_event, LostCallback on_lost = {});

  // Events lost so far: exact for perf buffers from Linux 6.0 on, before that as far as the kernel has told; for ring
  // buffers that BPF_RINGBUF_OUTPUT declares, whose program counts them. Of a BPF_STACK_TRACE: stacks that
  // get_stackid() could not keep, of which `collisions` found another stack in their place and the others a full map. A
  // session that ends says on standard error how many were lost since this was last asked.
  uint64_t lost() const;
  uint64_t collisions() const;

 private:
  friend class Session;
  struct State;
  explicit Map(State* state) : state_(state) {}
  State* state_;
};

struct LoadOptions {
  unsigned log_level = 0;  // of the verifier: 1 or 2 print its log even on success, through `log`
  std::function<void(std::string_view)> log;
  // Maps of BPF_TABLE_SHARED are seen by the sessions of this process with the same name here; those of
  // BPF_TABLE_PUBLIC by all.
  std::string maps_namespace;
  // Maps that the program will not touch, because its constants say so: they are made small, and of a kind that every
  // kernel has.
  std::vector<std::string> idle_maps;
  // Other numbers of entries than the program says, by a map's name.
  std::map<std::string, uint32_t> map_entries;
  // Maps that somebody else has pinned, and that stand for the program's own, by its name: a path in a BPF file system.
  // They are hash tables with keys of the same size.
  std::map<std::string, std::string> pinned_maps;
  // Hash tables take all their room at once, whatever the program says (BPF_F_NO_PREALLOC). Before Linux 6.1 programs
  // of perf events may use no others, and for the other tracing programs the kernel warns in its log: getting memory
  // there may lock up.
  bool preallocates = false;
};

// Names of what can be attached are the kernel's: "vfs_read", "sched:sched_switch". A program that is attached is
// loaded first, once, with the type that the hook needs.
class Session {
 public:
  static Result<Session> load(const Object& object, const LoadOptions& options = {});
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  const spec::Spec& spec() const;
  std::vector<std::string> map_names() const;
  Result<Map> map(std::string_view name) const;

  // Loads a program as BPF_PROG_TYPE_* `type`; gives its descriptor, which the session keeps. Loading again with
  // the same type gives the same descriptor.
  Result<int> load_program(const std::string& name, uint32_t type, int expected_attach_type = -1);
  // The descriptor of a program that load_program() or attaching has loaded; kNotFound before.
  Result<int> program_fd(const std::string& name) const;
  // The instructions as the kernel would get them (8 bytes each).
  Result<std::string> instructions(const std::string& name) const;

  // Programs with auto_attach. What goes to a device, a cgroup, a map or a socket is left to attach() with a hook, but
  // for SEC("xdp/DEVICE").
  Status attach_all();
  // The hook as it was attached, for detach(): with the places and functions that were found, those that cannot be
  // probed left out. A hook of kind kNone is where the program's name or section says.
  Result<Hook> attach(const std::string& program, const Hook& hook);
  Status attach(const std::string& program) { return only_status(attach(program, Hook())); }
  // The first of these hooks that the kernel takes, else the last one's error.
  Result<Hook> attach_first(const std::string& program, std::span<const Hook> hooks);
  // A program, and the hooks of which the first that the kernel takes is enough.
  struct Wanted {
    std::string program;
    std::vector<Hook> hooks = {Hook()};
    bool is_optional = false;  // the set is whole without it
  };
  // The first set of programs that can be attached as a whole: of one that cannot nothing stays attached. `left_out`
  // gets what optional programs failed with.
  Status attach_first_of(std::span<const std::vector<Wanted>> sets, std::vector<Error>* left_out = nullptr);
  // Every location of every enabled probe; the kernel raises their semaphores while they are attached.
  Status attach_usdt(const Usdt& usdt);

  // What attach() attached there; of one program, or of whichever it is. A hook of kind kNone is every one of the
  // program's. A hook that is made of a kind and a target alone, as Attachment::wanted has them, does as well,
  // "c:malloc" or "bash:/rl_.*/", with " pid 181" if it is for one process; so does one of many places: a function's
  // name, "PATH:0xOFFSET".
  Status detach(const Hook& hook, const std::string& program = {});
  Status detach(const std::string& kind, const std::string& target, const std::string& program = {}) {
    return detach(Hook{hook_kind(kind), target}, program);
  }
  void detach_all();

  // The same by kind.
  Status attach_kprobe(const std::string& function, const std::string& program, uint64_t offset = 0) {
    return only_status(attach(program, {HookKind::kKprobe, function, KernelFunction{.offset = offset}}));
  }
  Status attach_kretprobe(const std::string& function, const std::string& program, int maxactive = 0) {
    return only_status(attach(program, {HookKind::kKretprobe, function, KernelFunction{.maxactive = maxactive}}));
  }
  // To many functions, in one link where the kernel has kprobe.multi. Functions that cannot be probed are left out;
  // gives the others, of which each can be detached by itself, and fails when there are none.
  Result<std::vector<std::string>> attach_kprobes(const std::vector<std::string>& functions,
                                                  const std::string& program) {
    return names_of(functions.empty() ? Hook() : attach(program, {HookKind::kKprobe, "", KernelFunction{functions}}));
  }
  Result<std::vector<std::string>> attach_kretprobes(const std::vector<std::string>& functions,
                                                     const std::string& program, int maxactive = 0) {
    KernelFunction many{.names = functions, .maxactive = maxactive};
    return names_of(functions.empty() ? Hook() : attach(program, {HookKind::kKretprobe, "", many}));
  }
  Status attach_tracepoint(const std::string& category_and_event, const std::string& program) {
    return only_status(attach(program, {HookKind::kTracepoint, category_and_event}));
  }
  Status attach_raw_tracepoint(const std::string& event, const std::string& program) {
    return only_status(attach(program, {HookKind::kRawTracepoint, event}));
  }
  Status attach_tracing(const std::string& program) { return attach(program); }  // kfunc, kretfunc, fmod_ret, lsm

  using UserProbe = sonde::UserProbe;
  Status attach_uprobe(const UserProbe& place, const std::string& program) {
    return only_status(attach(program, {HookKind::kUprobe, "", place}));
  }
  // In programs made by Go: at return instructions; kUnsupported where these are not all of a function's returns.
  Status attach_uretprobe(const UserProbe& place, const std::string& program) {
    return only_status(attach(program, {HookKind::kUretprobe, "", place}));
  }
  // Every function whose whole name matches the POSIX extended regular expression: in one link where the kernel has
  // uprobe.multi. Gives the number of places; kNotFound when nothing matches.
  Result<size_t> attach_uprobes(const std::string& binary, const std::string& pattern, const std::string& program,
                                int pid = -1) {
    UserProbe matching{.binary = binary, .pid = pid, .pattern = pattern};
    return count_of(attach(program, {HookKind::kUprobe, "", matching}));
  }
  Result<size_t> attach_uretprobes(const std::string& binary, const std::string& pattern, const std::string& program,
                                   int pid = -1) {
    UserProbe matching{.binary = binary, .pid = pid, .pattern = pattern};
    return count_of(attach(program, {HookKind::kUretprobe, "", matching}));
  }
  // Places by their offsets in the file `path`. Each can be detached by itself, as "PATH:0xOFFSET".
  Status attach_uprobes_at(const std::string& path, std::span<const uint64_t> offsets, const std::string& program,
                           int pid = -1) {
    return only_status(attach(program, {HookKind::kUprobe, "", at_offsets(path, offsets, pid)}));
  }
  Status attach_uretprobes_at(const std::string& path, std::span<const uint64_t> offsets, const std::string& program,
                              int pid = -1) {
    return only_status(attach(program, {HookKind::kUretprobe, "", at_offsets(path, offsets, pid)}));
  }

  using PerfEvent = sonde::PerfEvent;
  // With a pid: in that process, in the threads that it has and in what it makes from now on, children too; a thread's
  // own number: from that thread on. 0: this process.
  Status attach_perf_event(const PerfEvent& event, const std::string& program) {
    return only_status(attach(program, {HookKind::kPerfEvent, "", event}));
  }
  // For what PerfEvent cannot say. `attr.size` bytes of it are read; other processes inherit it only if it says so.
  Status attach_perf_event_raw(const perf_event_attr& attr, const std::string& program, int pid = -1, int cpu = -1,
                               int group_fd = -1, unsigned long flags = 0);

  // Programs on packets and sockets, until they are detached or the session ends. <sonde/network.h> attaches beyond
  // that. Where on a cgroup or a map of sockets is what the program's section says, as SEC("cgroup/connect4") or
  // SEC("sk_skb/stream_verdict"), or `attach_type`: BPF_CGROUP_*, BPF_SK_*.
  Status attach_xdp(const std::string& device, const std::string& program, uint32_t flags = 0) {  // XDP_FLAGS_*_MODE
    return only_status(attach(program, {HookKind::kXdp, device, NetworkPlace{.flags = flags}}));
  }
  enum class Direction { kIngress, kEgress };
  Status attach_tc(const std::string& device, Direction direction, const std::string& program) {
    return only_status(
        attach(program, {HookKind::kTc, device, NetworkPlace{.is_egress = direction == Direction::kEgress}}));
  }
  Status attach_cgroup(const std::string& directory, const std::string& program, int attach_type = -1) {
    return only_status(attach(program, {HookKind::kCgroup, directory, NetworkPlace{attach_type}}));
  }
  Status attach_socket_map(const std::string& map, const std::string& program, int attach_type = -1) {
    return only_status(attach(program, {HookKind::kSocketMap, map, NetworkPlace{attach_type}}));
  }
  Status attach_network_namespace(const std::string& file, const std::string& program) {  // sk_lookup, flow_dissector
    return only_status(attach(program, {HookKind::kNetns, file}));
  }

  struct Attachment {
    std::string program;
    std::string wanted;  // "kprobe:sys_clone"
    std::string chosen;  // "tracepoint:syscalls:sys_enter_clone"
    std::string why;     // that and not another; may be "" when the wanted hook was taken
  };
  std::vector<Attachment> attachments() const;
  // Calls of kernel functions that no program saw, as far as the kernel tells: whose return could not be followed,
  // since Linux 6.7 and with `maxactive`; and those that came to a trampoline while its program was interrupted on the
  // same CPU, since 5.12.
  uint64_t missed_calls() const;

  // Waits for events of all opened buffers and calls their callbacks; returns within `timeout` (negative: waits for
  // ever) however fast events come. Gives the number of events handled: 0 when the time is over, or when all that came
  // was discarded by the program. kFailed with code EINTR: a signal came.
  // A child of fork() may poll what its parent opened; while both do, each event goes to one of them.
  Result<int> poll(std::chrono::milliseconds timeout);
  Result<int> poll_perf_buffers(std::chrono::milliseconds timeout);
  Result<int> poll_ring_buffers(std::chrono::milliseconds timeout);
  Result<int> consume_perf_buffers();
  Result<int> consume_ring_buffers();
  // Whether the last of these calls found anything in the buffers: events, or what the program discarded.
  bool found_records() const;
  // Inside a callback: the poll that called it hands out no more. What it has not handed out stays in the buffers.
  void end_poll();

 private:
  static Status only_status(const Result<Hook>& attached) {
    return attached ? Status() : Status(tl::unexpected(attached.error()));
  }
  static Result<std::vector<std::string>> names_of(const Result<Hook>& attached) {
    if (!attached) return tl::unexpected(attached.error());
    return attached->as<KernelFunction>().names;
  }
  static Result<size_t> count_of(const Result<Hook>& attached) {
    if (!attached) return tl::unexpected(attached.error());
    return attached->as<UserProbe>().places.size();
  }
  static UserProbe at_offsets(const std::string& path, std::span<const uint64_t> offsets, int pid) {
    UserProbe probe{.pid = pid, .path = path};
    for (uint64_t offset : offsets) probe.places.push_back({offset});
    return probe;
  }

  Status attach_set(const std::vector<Wanted>& set, std::vector<Error>* left_out);

  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What the kernel's trace pipe says (bpf_trace_printk), line by line, without the newline.
class TracePipe {
 public:
  static Result<TracePipe> open(bool nonblocking = false);
  // nullopt-like empty result with code EAGAIN when nonblocking and nothing there.
  Result<std::string> read_line();
  int fd() const;

 private:
  int fd_ = -1;
  std::shared_ptr<void> owner_;
  std::string pending_;
  bool nonblocking_ = false;
};

}  // namespace sonde
