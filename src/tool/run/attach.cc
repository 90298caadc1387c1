// Which programs are attached, and to what.
#include "tool/run/attach.h"

#include <linux/perf_event.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "tool/formats/value_type.h"
#include "tool/settings/option_text.h"
#include "kernel/preemption.h"

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
    for (const spec::Program& program : context_.spec().programs) {
      if (!is_in_a_choice(program.name)) RETURN_IF_ERROR(attach_on_terms(program));
    }
    for (const auto& sets : context_.tool.either) RETURN_IF_ERROR(attach_first_of(sets));
    // A tool that sees nothing would print its header and wait for ever.
    if (!left_out_ && session_.attachments().empty()) return left_out_;
    if (context_.settings.tells_attachments) tell_attachments();
    return {};
  }

 private:
  const HookCondition* terms_of(const std::string& program) const {
    const auto& hooks = context_.tool.hooks;
    auto found = std::find_if(hooks.begin(), hooks.end(), [&](const HookCondition& each) { return each.program == program; });
    return found == hooks.end() ? nullptr : &*found;
  }

  bool is_in_a_choice(const std::string& program) const {
    auto names = [&](const std::string& set) { return fmt::format(" {} ", set).find(fmt::format(" {} ", program)) != std::string::npos; };
    return std::any_of(context_.tool.either.begin(), context_.tool.either.end(),
                       [&](const auto& sets) { return std::any_of(sets.begin(), sets.end(), names); });
  }

  Status attach_on_terms(const spec::Program& program) {
    const HookCondition* terms = terms_of(program.name);
    if (terms && !context_.settings.hold(terms->conditions)) return {};
    if (terms && terms->is_unpreempted && kernel::is_preemptible()) {
      return base::fail(ErrorKind::kUnsupported, fmt::format("{}: this kernel can take the processor from it, and it then misses calls", program.name));
    }
    Status attached = attach(program);
    if (attached || !terms || !terms->is_optional) return attached;
    left_out_ = std::move(attached);
    return {};
  }

  Status attach(const spec::Program& program) {
    for (const Probe& probe : context_.tool.probes) {
      if (probe.program != program.name) continue;
      if (probe.kind == "sample") return attach_clock(probe);
      if (probe.kind == "counter") return attach_counter(probe);
      if (probe.kind == "kprobe") return attach_to_first(probe);
      if (probe.kind == "raw_tracepoint") return session_.attach_raw_tracepoint(probe.words[0], probe.program);
      return probe.kind == "cycles" ? attach_cycles(probe) : attach_user_probe(probe);
    }
    return session_.attach(program.name);
  }

  static Session::PerfEvent cpu_clock() { return {.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK}; }

  Status attach_clock(const Probe& probe) {
    Session::PerfEvent event = cpu_clock();
    event.sample_freq = std::max<uint64_t>(context_.settings.number(probe.words[0]), 1);
    return session_.attach_perf_event(event, probe.program);
  }

  // Virtual machines often have no counter of cycles.
  Status attach_cycles(const Probe& probe) {
    Session::PerfEvent event = cpu_clock(), cycles{.type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES};
    for (Session::PerfEvent* each : {&event, &cycles}) {
      each->sample_period = context_.settings.number(probe.words[1]);
      if (each->sample_period == 0) each->sample_freq = std::max<uint64_t>(context_.settings.number(probe.words[0]), 1);
      each->cpu = static_cast<int32_t>(context_.settings.number(probe.words[2]));
    }
    Status counted = session_.attach_perf_event(cycles, probe.program);
    return counted ? counted : session_.attach_perf_event(event, probe.program);
  }

  Status attach_counter(const Probe& probe) {
    auto found = std::find_if(std::begin(kCounters), std::end(kCounters), [&](const Name& each) { return probe.words[0] == each.name; });
    if (found == std::end(kCounters)) return base::fail(ErrorKind::kInvalid, fmt::format("{} is no counter", probe.words[0]));
    Session::PerfEvent event{.type = PERF_TYPE_HARDWARE, .config = static_cast<uint64_t>(found->value)};
    event.sample_period = std::max<uint64_t>(context_.settings.number(probe.words[1]), 1);
    Status attached = session_.attach_perf_event(event, probe.program);
    if (attached) return attached;
    return base::fail(attached.error().kind, fmt::format("this machine does not count {}: {}", probe.words[0], attached.error().what),
                      "virtual machines seldom have counters of the CPU; perf list says which there are");
  }

  Status attach_to_first(const Probe& probe) {
    Status attached = base::fail(ErrorKind::kInvalid, fmt::format("{} has no functions", probe.program));
    for (std::string_view rest = probe.words[0]; !rest.empty() && !attached;) {
      size_t end = std::min(rest.find(' '), rest.size());
      attached = session_.attach_kprobe(std::string(rest.substr(0, end)), probe.program);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return attached;
  }

  Status attach_user_probe(const Probe& probe) {
    // A probe for one process would not be in its children: is_wanted() chooses among all then.
    const Filter& filter = context_.settings.filter;
    int pid = filter.pid && !filter.follows_children ? static_cast<int>(filter.pid) : -1;
    Session::UserProbe place{.binary = filled_by_options(probe.words[0], context_), .symbol = filled_by_options(probe.words[1], context_), .pid = pid};
    return probe.kind == "uprobe" ? session_.attach_uprobe(place, probe.program)
                                  : session_.attach_uretprobe(place, probe.program);
  }

  // The first set of programs that this kernel takes as a whole.
  Status attach_first_of(const std::vector<std::string>& sets) {
    Status attached = base::fail(ErrorKind::kInvalid, "EITHER names no programs");
    for (const std::string& set : sets) {
      attached = attach_set(set);
      if (attached) return {};
    }
    return attached;
  }

  Status attach_set(const std::string& set) {
    std::vector<const spec::Program*> done;
    for (const spec::Program& program : context_.spec().programs) {
      if (fmt::format(" {} ", set).find(fmt::format(" {} ", program.name)) == std::string::npos) continue;
      Status attached = attach_on_terms(program);
      if (attached) {
        done.push_back(&program);
        continue;
      }
      for (const spec::Program* each : done) (void)session_.detach(each->hook.kind, each->hook.target, each->name);
      return attached;
    }
    return {};
  }

  void tell_attachments() const {
    for (const Session::Attachment& each : session_.attachments()) {
      std::fprintf(stderr, "%s: %s runs at %s%s%s\n", context_.tool.name.c_str(), each.program.c_str(), each.chosen.c_str(),
                   each.why.empty() ? "" : ": ", each.why.c_str());
    }
  }

  Session& session_;
  RunContext& context_;
  Status left_out_;  // why the last optional program was not attached
};

}  // namespace

Status attach_all(Session& session, RunContext& context) { return Attacher(session, context).attach_all(); }

}  // namespace sonde::tool
