// Which programs are attached, and to what.
#include "tool/run/attach.h"

#include <linux/perf_event.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "kernel/features.h"
#include "kernel/preemption.h"
#include "tool/formats/value_type.h"
#include "tool/views/option_text.h"

namespace sonde::tool {
namespace {

// As perf(1) calls them.
constexpr Name kCounters[] = {{PERF_COUNT_HW_CPU_CYCLES, "cycles"},
                              {PERF_COUNT_HW_INSTRUCTIONS, "instructions"},
                              {PERF_COUNT_HW_CACHE_REFERENCES, "cache-references"},
                              {PERF_COUNT_HW_CACHE_MISSES, "cache-misses"},
                              {PERF_COUNT_HW_BRANCH_INSTRUCTIONS, "branches"},
                              {PERF_COUNT_HW_BRANCH_MISSES, "branch-misses"}};

class Attacher {
 public:
  Attacher(Session& session, RunContext& context) : session_(session), context_(context) {}

  Status attach_all() {
    RETURN_IF_ERROR(context_.tool.is_program ? session_.attach_all() : attach_declared());
    if (context_.settings.tells_attachments) tell_attachments();
    return {};
  }

 private:
  Status attach_declared() {
    for (const spec::Program& program : context_.spec().programs) {
      if (!is_an_alternative(program.name)) RETURN_IF_ERROR(attach_on_terms(program));
    }
    for (const Alternatives& each : context_.tool.alternatives) RETURN_IF_ERROR(attach_first_of(each));
    // A tool that sees nothing would print its header and wait for ever.
    if (!left_out_ && session_.attachments().empty()) return left_out_;
    return {};
  }

  const HookCondition* terms_of(const std::string& program) const {
    const auto& hooks = context_.tool.hooks;
    auto found =
        std::find_if(hooks.begin(), hooks.end(), [&](const HookCondition& each) { return each.program == program; });
    return found == hooks.end() ? nullptr : &*found;
  }

  static bool has(const std::vector<std::string>& set, const std::string& program) {
    return std::find(set.begin(), set.end(), program) != set.end();
  }

  bool is_an_alternative(const std::string& program) const {
    const auto& all = context_.tool.alternatives;
    return std::any_of(all.begin(), all.end(), [&](const Alternatives& alternatives) {
      return std::any_of(alternatives.sets.begin(), alternatives.sets.end(),
                         [&](const auto& each) { return has(each.second, program); });
    });
  }

  static tl::unexpected<Error> preempted(const spec::Program& program) {
    return base::fail(
        ErrorKind::kUnsupported,
        fmt::format("{}: this kernel can take the processor from it, and it then misses calls", program.name));
  }

  Status attach_on_terms(const spec::Program& program) {
    const HookCondition* terms = terms_of(program.name);
    if (terms && !context_.settings.hold(terms->conditions)) return {};
    if (terms && terms->is_unpreempted && kernel::is_preemptible()) return preempted(program);
    Status attached = attach(program);
    if (attached || !terms || !terms->is_optional) return attached;
    left_out_ = std::move(attached);
    return {};
  }

  Status attach(const spec::Program& program) {
    if (const Probe* probe = probe_of(program); probe && probe->kind == "probes") return attach_everywhere(program);
    ASSIGN_OR_RETURN(std::vector<Hook> hooks, hooks_of(program));
    auto attached = session_.attach_first(program.name, hooks);
    const Probe* probe = probe_of(program);
    if (!attached && probe && probe->kind == "counter") return not_counted(*probe, attached.error());
    return attached ? Status() : tl::unexpected(attached.error());
  }

  // How many places a hook is on.
  static size_t places_of(const Hook& hook) {
    if (const auto* functions = std::get_if<KernelFunction>(&hook.place))
      return std::max<size_t>(functions->names.size(), 1);
    return std::max<size_t>(hook.as<UserProbe>().places.size(), 1);
  }

  // At the probes that the user named. Those that cannot be attached are said; without any the tool would wait for
  // ever.
  Status attach_everywhere(const spec::Program& program) {
    if (!kernel::has_feature("perf_event_cookie"))
      return base::fail(ErrorKind::kUnsupported, "this kernel cannot tell the places of one program apart",
                        fmt::format("it takes Linux {}", kernel::feature_since("perf_event_cookie")));
    size_t attached = 0, wanted = 0;
    Status refused = base::fail(ErrorKind::kInvalid, fmt::format("{}: no probe is named", program.name));
    for (const Hook& hook : context_.probes) {
      wanted += places_of(hook);
      Result<Hook> done = session_.attach(program.name, hook);
      if (done) attached += places_of(*done);
      else refused = tl::unexpected(done.error());
    }
    if (attached == 0) return refused;
    if (attached < wanted)
      std::fprintf(stderr, "%s: warning: %zu of %zu probes could not be attached%s%s\n", context_.tool.name.c_str(),
                   wanted - attached, wanted, refused ? "" : ": ", refused ? "" : refused.error().what.c_str());
    return {};
  }

  const Probe* probe_of(const spec::Program& program) const {
    const auto& probes = context_.tool.probes;
    auto found =
        std::find_if(probes.begin(), probes.end(), [&](const Probe& each) { return each.program == program.name; });
    return found == probes.end() ? nullptr : &*found;
  }

  // The hooks of which the first that the kernel takes is enough.
  Result<std::vector<Hook>> hooks_of(const spec::Program& program) const {
    const Probe* probe = probe_of(program);
    if (!probe) return std::vector<Hook>{Hook()};
    if (probe->kind == "sample") return std::vector<Hook>{clock_of(*probe)};
    if (probe->kind == "counter") return counter_of(*probe);
    if (probe->kind == "kprobe") return functions_of(*probe);
    if (probe->kind == "raw_tracepoint") return std::vector<Hook>{{HookKind::kRawTracepoint, probe->words[0]}};
    return probe->kind == "cycles" ? cycles_of(*probe) : std::vector<Hook>{user_place_of(*probe)};
  }

  static Hook perf_event(const PerfEvent& event) { return {HookKind::kPerfEvent, "", event}; }
  static PerfEvent cpu_clock() { return {.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK}; }

  Hook clock_of(const Probe& probe) const {
    PerfEvent event = cpu_clock();
    event.sample_freq = std::max<uint64_t>(context_.settings.number(probe.words[0]), 1);
    return perf_event(event);
  }

  // Virtual machines often have no counter of cycles.
  std::vector<Hook> cycles_of(const Probe& probe) const {
    std::vector<Hook> hooks;
    for (PerfEvent event : {PerfEvent{.type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES}, cpu_clock()}) {
      event.sample_period = context_.settings.number(probe.words[1]);
      if (event.sample_period == 0) event.sample_freq = std::max<uint64_t>(context_.settings.number(probe.words[0]), 1);
      event.cpu = static_cast<int32_t>(context_.settings.number(probe.words[2]));
      hooks.push_back(perf_event(event));
    }
    return hooks;
  }

  Result<std::vector<Hook>> counter_of(const Probe& probe) const {
    auto found = std::find_if(std::begin(kCounters), std::end(kCounters),
                              [&](const Name& each) { return probe.words[0] == each.name; });
    if (found == std::end(kCounters)) {
      return base::fail(ErrorKind::kInvalid,
                        fmt::format("{} is not a hardware counter that ON_COUNTER knows", probe.words[0]));
    }
    PerfEvent event{.type = PERF_TYPE_HARDWARE, .config = static_cast<uint64_t>(found->value)};
    event.sample_period = std::max<uint64_t>(context_.settings.number(probe.words[1]), 1);
    return std::vector<Hook>{perf_event(event)};
  }

  static Status not_counted(const Probe& probe, const Error& error) {
    return base::fail(error.kind, fmt::format("this machine does not count {}: {}", probe.words[0], error.what),
                      "virtual machines seldom have counters of the CPU; perf list says which there are");
  }

  static Result<std::vector<Hook>> functions_of(const Probe& probe) {
    std::vector<Hook> hooks;
    for (std::string_view rest = probe.words[0]; !rest.empty();) {
      size_t end = std::min(rest.find(' '), rest.size());
      hooks.push_back({HookKind::kKprobe, std::string(rest.substr(0, end))});
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (hooks.empty()) return base::fail(ErrorKind::kInvalid, fmt::format("{} has no functions", probe.program));
    return hooks;
  }

  Hook user_place_of(const Probe& probe) const {
    // A probe for one process would not be in its children: is_wanted() chooses among all then.
    const Filter& filter = context_.settings.filter;
    int pid = filter.pid && !filter.follows_children ? static_cast<int>(filter.pid) : -1;
    UserProbe place{.binary = filled_by_options(probe.words[0], context_),
                    .symbol = filled_by_options(probe.words[1], context_),
                    .pid = pid};
    return {hook_kind(probe.kind), "", place};
  }

  // The first set of programs that this kernel takes as a whole.
  Status attach_first_of(const Alternatives& alternatives) {
    std::vector<std::vector<Session::Wanted>> sets;
    Status refused = base::fail(ErrorKind::kInvalid, "EITHER names no programs");
    for (const auto& [order, programs] : alternatives.sets) {
      auto set = set_of(programs);
      if (set) sets.push_back(std::move(*set));
      else refused = tl::unexpected(set.error());
    }
    if (sets.empty()) return refused;
    std::vector<Error> left_out;
    RETURN_IF_ERROR(session_.attach_first_of(sets, &left_out));
    if (!left_out.empty()) left_out_ = tl::unexpected(left_out.back());
    return {};
  }

  Result<std::vector<Session::Wanted>> set_of(const std::vector<std::string>& names) const {
    std::vector<Session::Wanted> set;
    for (const spec::Program& program : context_.spec().programs) {
      if (!has(names, program.name)) continue;
      const HookCondition* terms = terms_of(program.name);
      if (terms && !context_.settings.hold(terms->conditions)) continue;
      if (terms && terms->is_unpreempted && kernel::is_preemptible()) return preempted(program);
      ASSIGN_OR_RETURN(std::vector<Hook> hooks, hooks_of(program));
      set.push_back({program.name, std::move(hooks), terms && terms->is_optional});
    }
    return set;
  }

  void tell_attachments() const {
    for (const Session::Attachment& each : session_.attachments()) {
      std::string instead = each.chosen == each.wanted ? "" : fmt::format(" instead of {}", each.wanted);
      std::fprintf(stderr, "%s: %s runs at %s%s%s%s\n", context_.tool.spoken_name().c_str(), each.program.c_str(),
                   each.chosen.c_str(), instead.c_str(), each.why.empty() ? "" : ": ", each.why.c_str());
    }
  }

  Session& session_;
  RunContext& context_;
  Status left_out_;  // why the last optional program was not attached
};

}  // namespace

Status attach_all(Session& session, RunContext& context) { return Attacher(session, context).attach_all(); }

}  // namespace sonde::tool
