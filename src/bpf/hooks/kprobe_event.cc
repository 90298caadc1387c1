// An event there outlives its process when that is killed, so its group carries the process id, and whoever comes next
// sweeps what the dead have left.
#include "bpf/hooks/kprobe_event.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

#include "bpf/system/perf_event_open.h"
#include "bpf/system/permission.h"
#include "kernel/tracefs.h"

namespace sonde::bpf {
namespace {

constexpr const char* kFile = "kprobe_events";

std::string new_event_name(bool on_return) {
  static std::atomic<unsigned> count{0};
  return fmt::format("sonde_{}/{}_{}", ::getpid(), on_return ? "r" : "p", count++);
}

std::string definition(const std::string& name, const Hook& request, bool on_return) {
  const auto& function = request.as<KernelFunction>();
  std::string kind = !on_return ? "p" : function.maxactive > 0 ? fmt::format("r{}", function.maxactive) : "r";
  std::string place = function.offset > 0 ? fmt::format("{}+{}", request.target, function.offset) : request.target;
  return fmt::format("{}:{} {}\n", kind, name, place);
}

Result<base::Fd> open_event(const kernel::Tracefs& tracefs, const std::string& name) {
  ASSIGN_OR_RETURN(std::string id, tracefs.read("events/" + name + "/id"));
  perf_event_attr attr{};
  attr.type = PERF_TYPE_TRACEPOINT;
  attr.config = std::strtoull(id.c_str(), nullptr, 10);
  attr.sample_period = 1;
  attr.wakeup_events = 1;
  base::Fd event = perf_event_open(attr, -1, any_online_cpu());
  if (!event.valid()) return fail_system(errno, "cannot open the probe's event");
  return event;
}

Result<Link> open_link(int program, const Hook& request, bool on_return) {
  ASSIGN_OR_RETURN(const kernel::Tracefs* tracefs, kernel::Tracefs::open());
  sweep_kprobe_events();
  std::string name = new_event_name(on_return);
  RETURN_IF_ERROR(tracefs->append(kFile, definition(name, request, on_return)));
  Link link;
  link.set_kprobe_event(name);
  ASSIGN_OR_RETURN(base::Fd event, open_event(*tracefs, name));
  if (uint64_t cookie = request.as<KernelFunction>().cookie; cookie != 0) {
    ASSIGN_OR_RETURN(base::Fd linked, link_program(event, program, cookie));
    link.add(std::move(linked));
  } else {
    RETURN_IF_ERROR(set_program(event, program));
  }
  link.add(std::move(event));
  return link;
}

// Messages speak of the kind that was asked for.
Result<Link> attach(int program, Hook request, bool on_return) {
  request.kind = on_return ? HookKind::kKretprobe : HookKind::kKprobe;
  auto link = open_link(program, request, on_return);
  if (link) return link;
  return link.error().code != 0 ? kprobe_failed(request, link.error().code) : tl::unexpected(link.error());
}

}  // namespace

Result<Link> attach_kprobe_event(int program, const Hook& request) { return attach(program, request, false); }
Result<Link> attach_kretprobe_event(int program, const Hook& request) { return attach(program, request, true); }

void remove_kprobe_event(const std::string& name) {
  auto tracefs = kernel::Tracefs::open();
  if (tracefs) (void)(*tracefs)->append(kFile, fmt::format("-:{}\n", name));
}

// A line of kprobe_profile: the event's name without its group, hits, misses.
uint64_t missed_by_kprobe_event(const std::string& name) {
  auto tracefs = kernel::Tracefs::open();
  auto text = tracefs ? (*tracefs)->read("kprobe_profile") : Result<std::string>(std::string());
  if (!text) return 0;
  std::string event = " " + name.substr(name.find('/') + 1) + " ";
  size_t at = text->find(event);
  if (at == std::string::npos) return 0;
  char* end = nullptr;
  std::strtoull(text->c_str() + at + event.size(), &end, 10);
  return std::strtoull(end, nullptr, 10);
}

void sweep_kprobe_events() {
  auto tracefs = kernel::Tracefs::open();
  auto text = tracefs ? (*tracefs)->read(kFile) : Result<std::string>(std::string());
  if (!text) return;
  std::string_view rest = *text;
  for (size_t at = rest.find(":sonde_"); at != rest.npos; at = rest.find(":sonde_", at + 1)) {
    std::string name(rest.substr(at + 1, rest.find_first_of(" \n", at) - at - 1));
    int pid = std::atoi(name.c_str() + 6);
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) remove_kprobe_event(name);
  }
}

}  // namespace sonde::bpf
