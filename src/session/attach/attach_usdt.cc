// Session: programs to the USDT probes that they were enabled for.
#include "kernel/features.h"
#include "session/compiler/usdt_request.h"
#include "session/state/session_state.h"
#include "sonde/usdt.h"
#include "usdt/context.h"
#include "usdt/read_code.h"

namespace sonde {
namespace {

// A location's cookie says how its arguments lie; the readers compiled into the program look at it where nothing else
// tells.
std::vector<UserProbe::Place> places_of(const usdt::Probe& probe, uint16_t machine, bool with_cookies) {
  std::vector<UserProbe::Place> places;
  for (const usdt::ProbeLocation& each : probe.locations) {
    uint64_t cookie = with_cookies ? usdt::cookie_of(each, machine) : 0;
    places.push_back({each.offset, each.semaphore_offset, cookie});
  }
  return places;
}

Hook hook_of(const usdt::Context& context, const usdt::Enabled& enabled, bool with_cookies) {
  const usdt::BinaryProbes& binary = context.binaries[enabled.binary];
  const usdt::Probe& probe = context.probe(enabled);
  UserProbe place{.pid = context.pid, .path = binary.binary.path};
  place.places = places_of(probe, binary.binary.file->machine(), with_cookies);
  return {HookKind::kUsdt, fmt::format("{}:{}", binary.binary.shown, probe.label()), std::move(place)};
}

}  // namespace

Status Session::attach_usdt(const Usdt& usdt) { return state_->attach_usdt(usdt.context()); }

Status Session::State::attach_usdt_section(const std::string& section, const std::string& program_name) {
  ASSIGN_OR_RETURN(usdt::Context context, session::open_usdt_section(section, program_name));
  return attach_usdt(context);
}

// A section may stand for probes in several files, which were attached by their own names.
bool Session::State::detach_usdt_section(const Hook& hook, const std::string& program_name) {
  if (hook.kind != HookKind::kUsdt) return false;
  auto context = session::open_usdt_section(hook.target, program_name.empty() ? "any" : program_name);
  bool any = false;
  if (!context) return false;
  for (const usdt::Enabled& each : context->enabled) {
    any = detach_whole(hook_of(*context, each, false), program_name) || any;
  }
  return any;
}

Status Session::State::attach_usdt(const usdt::Context& context) {
  bool with_cookies = kernel::has_feature("perf_event_cookie");
  for (const usdt::Enabled& enabled : context.enabled) {
    RETURN_IF_ERROR(attach(enabled.program, hook_of(context, enabled, with_cookies)));
  }
  return {};
}

}  // namespace sonde
