// A tool from its object to its last line.
#include "frame/run_tool.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "base/open_files.h"
#include "base/standard_output.h"
#include "bpf/permission.h"
#include "frame/attach.h"
#include "frame/command.h"
#include "frame/constants.h"
#include "frame/json_line.h"
#include "frame/losses.h"
#include "frame/option_text.h"
#include "frame/own_shape.h"
#include "frame/progress.h"
#include "frame/shape.h"
#include "frame/stop.h"
#include "frame/value_text.h"
#include "kernel/features.h"

namespace sonde::frame {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kStep{100};  // how long a signal may go unnoticed
constexpr milliseconds kBusyStep{10};  // between pieces of work ahead of a report: others need the CPU as well
constexpr int kRuntimeError = 1, kUsageError = 2;
constexpr size_t kHasEndedAt = 8;   // in struct sonde_descendant of tools/tool_tasks.h

// SONDE_EVENTS=perf stands for a kernel before 5.8.
bool needs_perf_buffers() {
  const char* forced = std::getenv("SONDE_EVENTS");
  return (forced && std::string_view(forced) == "perf") || !kernel::has_feature("ringbuf");
}

// Of each pair of buffers, the one that is not used.
LoadOptions load_options(const Tool& tool, const Choices& choices, bool by_perf_buffer) {
  LoadOptions options;
  for (const ToolOption& option : tool.options) {
    if (option.sized_map.empty()) continue;
    uint64_t unit = option.is_in_pages ? static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)) : 1;
    options.map_entries[option.sized_map] = static_cast<uint32_t>(choices.number(option.name) * unit);
  }
  const Filter& filter = choices.filter;
  if (!filter.cgroup_map.empty()) options.pinned_maps["sonde_cgroups"] = filter.cgroup_map;
  if (!filter.mount_namespace_map.empty()) options.pinned_maps["sonde_mount_namespaces"] = filter.mount_namespace_map;
  for (const Rows& rows : tool.rows) options.idle_maps.push_back(by_perf_buffer ? rows.map : rows.by_cpu());
  for (const MapUse& use : tool.map_uses) {
    if (choices.hold({use.condition})) continue;
    options.idle_maps.push_back(use.map);
    for (const Rows& rows : tool.rows) {
      if (rows.map == use.map) options.idle_maps.push_back(rows.by_cpu());
    }
  }
  return options;
}

Result<Object> with_constants(const Object& object, const Tool& tool, const Choices& choices, bool by_perf_buffer) {
  ASSIGN_OR_RETURN(Constants constants, Constants::open(object.bytes()));
  for (const auto& [name, bytes] : choices.values) RETURN_IF_ERROR(constants.set(name, bytes));
  ASSIGN_OR_RETURN(std::string filter, filter_bytes(choices.filter));
  if (by_perf_buffer && constants.get("sonde_without_ring_buffers")) RETURN_IF_ERROR(constants.set("sonde_without_ring_buffers", "\1"));
  if (constants.get("sonde_filter")) RETURN_IF_ERROR(constants.set("sonde_filter", filter));
  for (const auto& [name, variable] : tool.kernel_addresses) {
    Result<uint64_t> address = Symbols::of_kernel().address_of("kernel", variable);
    if (address) RETURN_IF_ERROR(constants.set(name, bytes_of(*address, sizeof *address)));
  }
  return Object::from_bytes(std::move(constants).take_object(), object.spec().source_name);
}

void tell(const std::string& name, const Error& error) {
  std::fprintf(stderr, "%s: error: %s\n", name.c_str(), error.what.c_str());
  if (std::string hint = base::hint_of(error); !hint.empty()) std::fprintf(stderr, "hint: %s\n", hint.c_str());
}

// The command's own exit status, as the shell would have it.
int tell_unrunnable(const Tool& tool, const Error& error) {
  tell(tool.name, error);
  if (error.kind == ErrorKind::kNotFound) return kCommandNotFound;
  return error.kind == ErrorKind::kPermission ? kCommandNotExecutable : kRuntimeError;
}

// One run of one tool.
class ToolRun {
 public:
  ToolRun(Session session, const Tool& tool, const Choices& choices, bool by_perf_buffer, Command* command)
      : session_(std::move(session)),
        stage_{session_, tool, choices, by_perf_buffer, {}},
        stop_(choices.duration, tool.name),
        command_(command),
        progress_(tool.rows.empty() ? choices.duration : std::nullopt) {}

  Result<int> go() {
    RETURN_IF_ERROR(make_shapes());
    for (auto& shape : shapes_) RETURN_IF_ERROR(shape->open());
    RETURN_IF_ERROR(attach_all(stage_));
    for (const std::string& line : stage_.tool.intro) say_intro(line);
    for (auto& shape : shapes_) shape->begin();
    stop_.would_lose(has_reports() ? "the last report was not printed" : "what came last may not have been printed");
    if (command_) command_->go();
    RETURN_IF_ERROR(follow());
    int status = command_ && !stop_.asked() ? command_->exit_status().value_or(0) : 0;
    uint64_t missed = session_.missed_calls();
    session_.detach_all();
    (void)session_.poll(milliseconds(0));
    if (has_reports() && !reported_all()) RETURN_IF_ERROR(report(true));
    stop_.would_lose("what is written at the end was not");
    for (auto& shape : shapes_) RETURN_IF_ERROR(shape->end());
    tell_losses(stage_, missed);
    return status;
  }

 private:
  bool has_reports() const {
    const auto& tables = stage_.tool.tables;
    return !stage_.tool.histograms.empty() || shows_own_shape() ||
           std::any_of(tables.begin(), tables.end(), [this](const Table& table) { return stage_.choices.hold(table.conditions); });
  }
  bool shows_own_shape() const { return stage_.tool.has_own_shape && stage_.choices.hold(stage_.tool.own_shape_conditions); }
  bool reported_all() const { return stage_.choices.count && reports_ >= *stage_.choices.count; }
  bool for_people() const { return stage_.choices.format == Format::kText && !stage_.choices.folded; }

  Status make_shapes() {
    for (const Rows& rows : stage_.tool.rows) {
      if (stage_.choices.hold(rows.conditions)) shapes_.push_back(make_rows(stage_, rows));
    }
    for (const Table& table : stage_.tool.tables) {
      if (!stage_.choices.hold(table.conditions)) continue;
      shapes_.push_back(table.as_stacks ? make_stacks(stage_, table) : make_table(stage_, table));
    }
    for (const Histogram& histogram : stage_.tool.histograms) {
      if (stage_.choices.hold(histogram.conditions)) shapes_.push_back(make_histogram(stage_, histogram));
    }
    if (!shows_own_shape()) return {};
    const OwnShape* own = find_own_shape(stage_.tool.name);
    if (!own) return base::fail(ErrorKind::kInvalid, "OWN_SHAPE is for tools that are built into sonde");
    shapes_.push_back(own->make(stage_));
    return {};
  }

  void say_intro(const std::string& line) {
    std::string text = filled_by_options(line, stage_);
    if (for_people() && !text.empty()) put_line(text);
  }

  Status follow() {
    begun_ = Clock::now();
    progress_.begin();
    next_report_ = begun_ + std::chrono::seconds(stage_.choices.interval);
    while (!stop_.reached() && !base::standard_output_failed()) {
      Result<int> handled = session_.poll(stop_.next(until_report()));
      if (!handled && handled.error().code != EINTR) return tl::unexpected(handled.error());
      if (command_ && command_->has_ended() && !has_descendants()) break;
      progress_.show();
      has_work_ahead_ = false;
      for (auto& shape : shapes_) has_work_ahead_ |= shape->work_ahead();
      if (!has_reports() || stage_.choices.interval == 0 || Clock::now() < next_report_ || stop_.reached()) continue;
      RETURN_IF_ERROR(report(false));
      next_report_ += std::chrono::seconds(stage_.choices.interval);
      if (reported_all()) break;
    }
    return {};
  }

  // Processes that the command left behind.
  bool has_descendants() const {
    if (!stage_.choices.filter.follows_children) return false;
    Result<Map> map = stage_.session.map("sonde_descendants");
    if (!map) return false;
    Result<Map::Elements> elements = map->elements();
    for (size_t i = 0; elements && i < elements->count; ++i) {
      uint64_t has_ended =
          unsigned_at(std::string_view(elements->values).substr(i * map->value_bytes() + kHasEndedAt), 8);
      if (!has_ended) return true;
    }
    return false;
  }

  milliseconds until_report() const {
    milliseconds step = has_work_ahead_ ? kBusyStep : kStep;
    if (!has_reports() || stage_.choices.interval == 0) return step;
    return std::clamp(std::chrono::ceil<milliseconds>(next_report_ - Clock::now()), milliseconds(0), step);
  }

  Status report(bool last) {
    auto now = Clock::now();
    Moment moment{std::chrono::duration<double>(now - begun_).count(), last};
    begun_ = now;
    ++reports_;
    progress_.clear();
    stop_.would_lose("the report was not printed in full");
    if (for_people()) put_heading();
    for (auto& shape : shapes_) RETURN_IF_ERROR(shape->report(moment));
    stop_.would_lose("the last report was not printed");
    return {};
  }

  void put_heading() {
    bool clears = stage_.tool.clears_screen && !stage_.choices.keep_screen && ::isatty(STDOUT_FILENO);
    if (clears) base::put("\033[H\033[2J");
    else if (stage_.tool.clears_screen || !stage_.tool.histograms.empty()) put_line("");
    for (const Heading& heading : stage_.tool.headings) {
      if (!heading.option.empty() && !stage_.choices.on(heading.option)) continue;
      if (std::string text = filled_by_options(heading.text, stage_); !text.empty()) put_line(text);
    }
  }

  Session session_;
  Stage stage_;
  Stop stop_;
  Command* command_;  // nullptr: none
  Progress progress_;
  std::vector<std::unique_ptr<Shape>> shapes_;
  Clock::time_point begun_, next_report_;
  uint64_t reports_ = 0;
  bool has_work_ahead_ = false;
};

Result<int> run_loaded(const Object& object, const Tool& tool, const Choices& choices, Command* command) {
  bool by_perf_buffer = needs_perf_buffers();
  ASSIGN_OR_RETURN(Object chosen, with_constants(object, tool, choices, by_perf_buffer));
  ASSIGN_OR_RETURN(Session session, Session::load(chosen, load_options(tool, choices, by_perf_buffer)));
  return ToolRun(std::move(session), tool, choices, by_perf_buffer, command).go();
}

}  // namespace

void put_line(const std::string& line) { base::put(line + "\n"); }

void put_header(const std::string& line) {
  static const bool kBold = ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
  put_line(kBold ? "\033[1m" + line + "\033[0m" : line);
}

void put_json(const nlohmann::ordered_json& record) { put_line(json_line(record)); }

void put_csv(const std::string& line) {
  static const bool kIsTerminal = ::isatty(STDOUT_FILENO);
  put_line(kIsTerminal ? safe_text(line) : line);
}

Result<int> run_tool(const Object& object, const Tool& tool, const Choices& choices) {
  if (!bpf::may_load_programs()) return base::fail(ErrorKind::kPermission, "tracing is not permitted", bpf::permission_hint());
  if (!choices.command.empty()) {
    Result<Command> prepared = Command::prepare(choices.command);
    if (!prepared) return tell_unrunnable(tool, prepared.error());
    Command command = std::move(*prepared);
    Choices with_command = choices;
    with_command.filter.pid = static_cast<uint32_t>(command.pid());
    return run_loaded(object, tool, with_command, &command);
  }
  return run_loaded(object, tool, choices, nullptr);
}

int run_tool_command(const Object& object, const std::string& name, const std::string& command,
                     const std::vector<std::string>& arguments) {
  auto say = [&](const Error& error, int status) {
    tell(name, error);
    return status;
  };
  Result<Tool> tool = read_tool(object.spec(), name);
  if (!tool) return say(tool.error(), kRuntimeError);
  Result<std::optional<Choices>> choices = read_command_line(object, *tool, command, arguments);
  if (!choices) return say(choices.error(), kUsageError);
  if (!*choices) return 0;
  Result<int> done = run_tool(object, *tool, **choices);
  return done ? *done : say(done.error(), kRuntimeError);
}

}  // namespace sonde::frame
