// tracepoint and raw_tracepoint: the places that the kernel's authors marked.
#include <bpf/bpf.h>

#include <cerrno>

#include "bpf/hooks/hooks.h"
#include "bpf/system/perf_event_open.h"
#include "bpf/system/permission.h"
#include "kernel/kallsyms.h"
#include "kernel/suggestion.h"
#include "kernel/tracefs.h"

namespace sonde::bpf {
namespace {

// Raw tracepoints are named without a category; every one has a symbol __tracepoint_NAME.
std::string nearest_raw_tracepoint(const std::string& name) {
  constexpr std::string_view kPrefix = "__tracepoint_";
  auto symbols = kernel::Kallsyms::running();
  kernel::Suggestion suggestion(name);
  for (size_t i = 0; symbols && i < (*symbols)->size(); i++) {
    std::string_view symbol = (**symbols)[i].name;
    if (symbol.starts_with(kPrefix)) suggestion.offer(symbol.substr(kPrefix.size()));
  }
  return suggestion.best();
}

tl::unexpected<Error> raw_failed(const Hook& request, int code) {
  std::string what = fmt::format("raw_tracepoint {}", request.target);
  if (code == ENOENT) {
    size_t colon = request.target.find(':');
    std::string hint = colon == std::string::npos ? ""
                                                  : fmt::format("a raw tracepoint has no category: write {}",
                                                                request.target.substr(colon + 1));
    std::string suggestion =
        nearest_raw_tracepoint(colon == std::string::npos ? request.target : request.target.substr(colon + 1));
    return base::fail(
        ErrorKind::kNotFound,
        fmt::format("{}: no such tracepoint in this kernel{}", what, kernel::suggestion_phrase(suggestion)), hint);
  }
  return fail_system(code, what, code == EINVAL ? "the program reads more arguments than this tracepoint has" : "");
}

}  // namespace

Result<Link> attach_tracepoint(int program, const Hook& request) {
  ASSIGN_OR_RETURN(const kernel::Tracefs* tracefs, kernel::Tracefs::open());
  ASSIGN_OR_RETURN(uint32_t id, tracefs->event_id(request.target));
  perf_event_attr attr{};
  attr.type = PERF_TYPE_TRACEPOINT;
  attr.config = id;
  attr.sample_period = 1;
  attr.wakeup_events = 1;
  base::Fd event = perf_event_open(attr, -1, any_online_cpu());
  std::string what = fmt::format("tracepoint {}", request.target);
  if (!event.valid()) return fail_system(errno, what);
  Link both;
  if (uint64_t cookie = request.as<TracepointEvent>().cookie; cookie != 0) {
    auto linked = link_program(event, program, cookie);
    if (!linked) return tl::unexpected(base::in_context(what, linked.error()));
    both.add(std::move(*linked));
  } else if (auto set = set_program(event, program); !set) {
    return tl::unexpected(base::in_context(what, set.error()));
  }
  both.add(std::move(event));
  return both;
}

Result<Link> attach_raw_tracepoint(int program, const Hook& request) {
  base::Fd link(bpf_raw_tracepoint_open(request.target.c_str(), program));
  if (!link.valid()) return raw_failed(request, errno);
  return Link(std::move(link));
}

}  // namespace sonde::bpf
