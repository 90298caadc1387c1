// A tool from its object to its last line.
#include "frame/run_tool.h"

#include <linux/perf_event.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "base/file.h"
#include "bpf/permission.h"
#include "frame/constants.h"
#include "frame/losses.h"
#include "frame/pattern.h"
#include "frame/shape.h"
#include "frame/stop.h"
#include "frame/value_text.h"
#include "kernel/features.h"

namespace sonde::frame {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kStep{100};  // how long a signal may go unnoticed

// SONDE_EVENTS=perf stands for a kernel before 5.8.
bool needs_perf_buffers() {
  const char* forced = std::getenv("SONDE_EVENTS");
  return (forced && std::string_view(forced) == "perf") || !kernel::has_feature("ringbuf");
}

// Of each pair of buffers, the one that is not used.
LoadOptions load_options(const Tool& tool, bool by_perf_buffer) {
  LoadOptions options;
  for (const Rows& rows : tool.rows) options.idle_maps.push_back(by_perf_buffer ? rows.map : rows.by_cpu());
  return options;
}

Result<Object> with_constants(const Object& object, const Choices& choices, bool by_perf_buffer) {
  ASSIGN_OR_RETURN(Constants constants, Constants::open(object.bytes()));
  for (const auto& [name, bytes] : choices.values) RETURN_IF_ERROR(constants.set(name, bytes));
  ASSIGN_OR_RETURN(std::string filter, filter_bytes(choices.filter));
  if (by_perf_buffer && constants.get("sonde_without_ring_buffers")) RETURN_IF_ERROR(constants.set("sonde_without_ring_buffers", "\1"));
  if (constants.get("sonde_filter")) RETURN_IF_ERROR(constants.set("sonde_filter", filter));
  return Object::from_bytes(std::move(constants).take_object(), object.spec().source_name);
}

// "{name}" is an option's value, "{option?text}" text if it is on.
std::string filled_by_options(const std::string& pattern, Stage& stage) {
  return filled(pattern, [&](const std::string& word) -> std::string {
    size_t question = word.find('?');
    std::string name = word.substr(0, question);
    if (question != std::string::npos) return stage.choices.on(name) ? word.substr(question + 1) : "";
    const ToolOption* option = find_option(stage.tool, name);
    auto value = stage.choices.values.find(name);
    if (!option || value == stage.choices.values.end()) return "";
    ColumnStyle plain;
    return text_of({stage.spec(), option->type, value->second, plain, stage.surroundings});
  });
}

// One run of one tool.
class ToolRun {
 public:
  ToolRun(Session session, const Tool& tool, const Choices& choices, bool by_perf_buffer)
      : session_(std::move(session)), stage_{session_, tool, choices, by_perf_buffer, {}}, stop_(choices.duration) {}

  Status go() {
    make_shapes();
    for (auto& shape : shapes_) RETURN_IF_ERROR(shape->open());
    RETURN_IF_ERROR(attach_all());
    for (const std::string& line : stage_.tool.intro) say_intro(line);
    for (auto& shape : shapes_) shape->begin();
    RETURN_IF_ERROR(follow());
    session_.detach_all();
    (void)session_.poll(milliseconds(0));
    if (has_reports() && !reported_all()) RETURN_IF_ERROR(report(true));
    for (auto& shape : shapes_) RETURN_IF_ERROR(shape->end());
    tell_losses(stage_);
    return {};
  }

 private:
  bool has_reports() const {
    const auto& tables = stage_.tool.tables;
    return !stage_.tool.histograms.empty() ||
           std::any_of(tables.begin(), tables.end(), [this](const Table& table) { return stage_.choices.hold(table.conditions); });
  }
  bool reported_all() const { return stage_.choices.count && reports_ >= *stage_.choices.count; }
  bool for_people() const { return stage_.choices.format == Format::kText && !stage_.choices.folded; }

  void make_shapes() {
    for (const Rows& rows : stage_.tool.rows) {
      if (stage_.choices.hold(rows.conditions)) shapes_.push_back(make_rows(stage_, rows));
    }
    for (const Table& table : stage_.tool.tables) {
      if (!stage_.choices.hold(table.conditions)) continue;
      shapes_.push_back(table.as_stacks ? make_stacks(stage_, table) : make_table(stage_, table));
    }
    for (const Histogram& histogram : stage_.tool.histograms) shapes_.push_back(make_histogram(stage_, histogram));
  }

  void say_intro(const std::string& line) {
    std::string text = filled_by_options(line, stage_);
    if (for_people() && !text.empty()) put_line(text);
  }

  const HookTerms* terms_of(const std::string& program) const {
    const auto& hooks = stage_.tool.hooks;
    auto found = std::find_if(hooks.begin(), hooks.end(), [&](const HookTerms& each) { return each.program == program; });
    return found == hooks.end() ? nullptr : &*found;
  }

  bool is_in_a_choice(const std::string& program) const {
    auto names = [&](const std::string& set) { return fmt::format(" {} ", set).find(fmt::format(" {} ", program)) != std::string::npos; };
    return std::any_of(stage_.tool.either.begin(), stage_.tool.either.end(),
                       [&](const auto& sets) { return std::any_of(sets.begin(), sets.end(), names); });
  }

  Status attach_all() {
    for (const spec::Program& program : stage_.spec().programs) {
      if (!is_in_a_choice(program.name)) RETURN_IF_ERROR(attach_on_terms(program));
    }
    for (const auto& sets : stage_.tool.either) RETURN_IF_ERROR(attach_first_of(sets));
    if (stage_.choices.verbose) tell_attachments();
    return {};
  }

  Status attach_on_terms(const spec::Program& program) {
    const HookTerms* terms = terms_of(program.name);
    if (terms && !stage_.choices.hold(terms->conditions)) return {};
    Status attached = attach(program);
    return attached || (terms && terms->is_optional) ? Status{} : attached;
  }

  Status attach(const spec::Program& program) {
    for (const Probe& probe : stage_.tool.probes) {
      if (probe.program == program.name) return attach_probe(probe);
    }
    return session_.attach(program.name);
  }

  Status attach_probe(const Probe& probe) {
    if (probe.kind == "sample") {
      Session::PerfEvent event;
      event.type = PERF_TYPE_SOFTWARE;
      event.config = PERF_COUNT_SW_CPU_CLOCK;
      event.sample_freq = std::max<uint64_t>(stage_.choices.number(probe.target), 1);
      return session_.attach_perf_event(event, probe.program);
    }
    int pid = stage_.choices.filter.pid ? static_cast<int>(stage_.choices.filter.pid) : -1;
    Session::UserProbe place{.binary = filled_by_options(probe.target, stage_), .symbol = probe.symbol, .pid = pid};
    return probe.kind == "uprobe" ? session_.attach_uprobe(place, probe.program) : session_.attach_uretprobe(place, probe.program);
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
    for (const spec::Program& program : stage_.spec().programs) {
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
      std::fprintf(stderr, "%s: %s runs at %s%s%s\n", stage_.tool.name.c_str(), each.program.c_str(), each.chosen.c_str(),
                   each.why.empty() ? "" : ": ", each.why.c_str());
    }
  }

  Status follow() {
    begun_ = Clock::now();
    next_report_ = begun_ + std::chrono::seconds(stage_.choices.interval);
    while (!stop_.reached()) {
      Result<int> handled = session_.poll(stop_.next(until_report()));
      if (!handled && handled.error().code != EINTR) return tl::unexpected(handled.error());
      if (!has_reports() || stage_.choices.interval == 0 || Clock::now() < next_report_ || stop_.reached()) continue;
      RETURN_IF_ERROR(report(false));
      next_report_ += std::chrono::seconds(stage_.choices.interval);
      if (reported_all()) break;
    }
    return {};
  }

  milliseconds until_report() const {
    if (!has_reports() || stage_.choices.interval == 0) return kStep;
    return std::clamp(std::chrono::ceil<milliseconds>(next_report_ - Clock::now()), milliseconds(0), kStep);
  }

  Status report(bool last) {
    auto now = Clock::now();
    Moment moment{std::chrono::duration<double>(now - begun_).count(), last};
    begun_ = now;
    ++reports_;
    if (for_people()) put_heading();
    for (auto& shape : shapes_) RETURN_IF_ERROR(shape->report(moment));
    std::fflush(stdout);
    return {};
  }

  void put_heading() {
    if (stage_.tool.clears_screen && !stage_.choices.keep_screen && ::isatty(STDOUT_FILENO)) std::fputs("\033[H\033[2J", stdout);
    else if (!stage_.tool.histograms.empty()) put_line("");
    for (const Heading& heading : stage_.tool.headings) {
      if (heading.option.empty() || stage_.choices.on(heading.option)) put_line(filled_by_options(heading.text, stage_));
    }
  }

  Session session_;
  Stage stage_;
  Stop stop_;
  std::vector<std::unique_ptr<Shape>> shapes_;
  Clock::time_point begun_, next_report_;
  uint64_t reports_ = 0;
};

}  // namespace

void put_line(const std::string& line) { std::printf("%s\n", line.c_str()); }

void put_json(const nlohmann::ordered_json& record) {
  put_line(record.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Status run_tool(const Object& object, const Tool& tool, const Choices& choices) {
  if (!bpf::may_load_programs()) return base::fail(ErrorKind::kPermission, "tracing is not permitted", bpf::permission_hint());
  bool by_perf_buffer = needs_perf_buffers();
  ASSIGN_OR_RETURN(Object chosen, with_constants(object, choices, by_perf_buffer));
  ASSIGN_OR_RETURN(Session session, Session::load(chosen, load_options(tool, by_perf_buffer)));
  return ToolRun(std::move(session), tool, choices, by_perf_buffer).go();
}

int run_tool_command(const Object& object, const std::string& name, const std::string& command,
                     const std::vector<std::string>& arguments) {
  auto say = [&](const Error& error, int status) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s: error: %s\n", name.c_str(), error.what.c_str());
    if (!error.hint.empty()) std::fprintf(stderr, "hint: %s\n", error.hint.c_str());
    return status;
  };
  Result<Tool> tool = read_tool(object.spec(), name);
  if (!tool) return say(tool.error(), 1);
  Result<std::optional<Choices>> choices = read_command_line(object, *tool, command, arguments);
  if (!choices) return say(choices.error(), 2);
  if (!*choices) return 0;
  Status done = run_tool(object, *tool, **choices);
  return done ? 0 : say(done.error(), 1);
}

}  // namespace sonde::frame
