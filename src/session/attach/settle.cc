// What a hook leaves out, filled in before it is attached.
#include <linux/perf_event.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>

#include "bpf/hooks/network_types.h"
#include "bpf/hooks/uprobe_place.h"
#include "elf/file.h"
#include "kernel/syscalls.h"
#include "session/attach/hook_target.h"
#include "session/state/session_state.h"
#include "usdt/probe.h"

namespace sonde {
namespace {

tl::unexpected<Error> nowhere(const std::string& program) {
  return base::fail(ErrorKind::kInvalid,
                    fmt::format("{}: neither its name nor its section says where to attach it", program),
                    "name it kprobe__FUNCTION, or attach it with attach_kprobe(), attach_tracepoint(), …");
}

tl::unexpected<Error> kind_alone(const sonde::spec::Program& program, std::string_view how) {
  return base::fail(ErrorKind::kInvalid,
                    fmt::format("{}: its section says what kind of program it is ({}), not where it goes", program.name,
                                name_of(program.hook.kind)),
                    fmt::format(fmt::runtime(how), program.name));
}

// "vfs_read+0x10" of libbpf-style sections; a system call's function by the name that this kernel has for it.
Hook function_of(HookKind kind, std::string target) {
  KernelFunction function;
  if (size_t plus = target.find('+'); plus != std::string::npos) {
    function.offset = std::strtoull(target.c_str() + plus + 1, nullptr, 0);
    target.resize(plus);
  }
  return {kind, kernel::fix_syscall_function(target), function};
}

// Where the program's name or section says.
Result<Hook> hook_of(const sonde::spec::Program& program) {
  const auto& [kind, target] = program.hook;
  if (kind == HookKind::kNone) return nowhere(program.name);
  const bpf::HookRow& row = bpf::row_of(kind);
  if (!row.target.empty()) return Hook{row.goes_to, std::string(row.target)};
  bool says_where = program.auto_attach && row.attaches != sonde::spec::Attaches::kNever;
  if (!row.how.empty() && !says_where) return kind_alone(program, row.how);
  return row.place == bpf::PlaceKind::kFunction ? function_of(kind, target) : Hook{kind, target};
}

Result<Hook> settle_perf_event(Hook hook) {
  auto& event = hook.edit<PerfEvent>();
  if (!event.attr.empty()) {
    perf_event_attr attr{};
    std::memcpy(&attr, event.attr.data(), std::min(sizeof attr, event.attr.size()));
    event.type = attr.type;
    event.config = attr.config;
    event.sample_period = attr.freq ? 0 : attr.sample_period;
    event.sample_freq = attr.freq ? attr.sample_freq : 0;
  }
  hook.target = fmt::format("{}:{}", event.type, event.config);
  return hook;
}

// A USDT probe that is given by its address is guarded all the same: who skips it while its semaphore is 0 would never
// come there.
void add_semaphores(UserProbe& probe) {
  auto file = elf::File::open(probe.path);
  if (!file) return;  // attaching says why
  std::map<uint64_t, uint64_t> semaphores = usdt::semaphores_of(*file);
  for (UserProbe::Place& place : probe.places) {
    auto found = semaphores.find(place.offset);
    if (found != semaphores.end() && place.semaphore_offset == 0) place.semaphore_offset = found->second;
  }
}

// "uprobe c:malloc", or with the pattern "uprobe c:/mal.*/".
std::string phrase_of(const Hook& hook) {
  const auto& probe = hook.as<UserProbe>();
  if (!hook.target.empty()) return hook.phrase();
  if (!probe.pattern.empty()) return fmt::format("{} {}:/{}/", name_of(hook.kind), probe.binary, probe.pattern);
  return fmt::format("{} {}{}{}", name_of(hook.kind), probe.binary, probe.symbol.empty() ? "" : ":", probe.symbol);
}

Result<UserProbe> find_place(const Hook& hook) {
  auto probe = hook.as<UserProbe>();
  if (!probe.places.empty()) return probe;
  if (!probe.binary.empty()) return bpf::find_place(probe);
  ASSIGN_OR_RETURN(UserProbe parsed, bpf::parse_place(hook.target));
  parsed.pid = probe.pid;
  return bpf::find_place(parsed);
}

Result<Hook> settle_user(Hook hook) {
  auto found = find_place(hook);
  if (!found) return tl::unexpected(base::in_context(phrase_of(hook), found.error()));
  bool by_address = found->symbol.empty() && found->pattern.empty();
  if (by_address && hook.kind == HookKind::kUprobe) add_semaphores(*found);
  if (hook.target.empty()) hook.target = session::target_of(*found);
  hook.place = std::move(*found);
  return hook;
}

}  // namespace

Result<Hook> Session::State::settle(const sonde::spec::Program& program, Hook hook) const {
  if (hook.kind == HookKind::kNone) {
    ASSIGN_OR_RETURN(hook, hook_of(program));
  }
  switch (bpf::row_of(hook.kind).place) {
    case bpf::PlaceKind::kPerfEvent: return settle_perf_event(std::move(hook));
    case bpf::PlaceKind::kUser: return settle_user(std::move(hook));
    case bpf::PlaceKind::kNetwork: break;
    case bpf::PlaceKind::kFunction:
    case bpf::PlaceKind::kNone: return hook;
  }
  auto& place = hook.edit<NetworkPlace>();
  const bpf::NetworkType* type = bpf::network_type(program.hook.kind, program.hook.target);
  bool places_decide = bpf::row_of(hook.kind).program_type == 0;  // which type the program has
  if (places_decide && place.attach_type < 0 && type) place.attach_type = type->attach_type;
  if (hook.kind == HookKind::kSocketMap && place.map < 0) {
    ASSIGN_OR_RETURN(Map::State * map, find_map(hook.target));
    place.map = map->info.fd;
  }
  return hook;
}

}  // namespace sonde
