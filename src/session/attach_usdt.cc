// Session: programs to the USDT probes that they were enabled for.
#include "kernel/features.h"
#include "session/session_state.h"
#include "session/usdt_request.h"
#include "sonde/usdt.h"
#include "usdt/context.h"
#include "usdt/read_code.h"

namespace sonde {
namespace {

// A location's cookie says how its arguments lie; the readers compiled into the program look at it where nothing else tells.
std::vector<bpf::UserPlace> places_of(const usdt::Probe& probe, uint16_t machine, bool with_cookies) {
  std::vector<bpf::UserPlace> places;
  for (const usdt::ProbeLocation& each : probe.locations) {
    uint64_t cookie = with_cookies ? usdt::cookie_of(each, machine) : 0;
    places.push_back({each.offset, each.semaphore_offset, cookie});
  }
  return places;
}

bpf::HookRequest request_of(const usdt::Context& context, const usdt::Enabled& enabled, bool with_cookies) {
  const usdt::BinaryProbes& binary = context.binaries[enabled.binary];
  const usdt::Probe& probe = context.probe(enabled);
  bpf::HookRequest request;
  request.kind = "usdt";
  request.target = fmt::format("{}:{}", binary.binary.shown, probe.label());
  request.pid = context.pid;
  request.user = {binary.binary.path, places_of(probe, binary.binary.file->machine(), with_cookies)};
  return request;
}

}  // namespace

Status Session::attach_usdt(const Usdt& usdt) { return state_->attach_usdt(usdt.context()); }

Status Session::State::attach_usdt_section(const sonde::spec::Program& program) {
  ASSIGN_OR_RETURN(usdt::Context context, session::open_usdt_section(program.hook.target, program.name));
  return attach_usdt(context);
}

Status Session::State::attach_usdt(const usdt::Context& context) {
  bool with_cookies = kernel::has_feature("perf_event_cookie");
  for (const usdt::Enabled& enabled : context.enabled) {
    RETURN_IF_ERROR(attach(enabled.program, request_of(context, enabled, with_cookies)));
  }
  return {};
}

}  // namespace sonde
