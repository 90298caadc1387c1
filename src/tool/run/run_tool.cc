// A tool from its object to its last line.
#include "tool/run/run_tool.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>

#include "base/open_files.h"
#include "base/output_file.h"
#include "bpf/system/permission.h"
#include "kernel/features.h"
#include "tool/declaration/constants.h"
#include "tool/formats/value_type.h"
#include "tool/run/attach.h"
#include "tool/run/chosen_probes.h"
#include "tool/run/command.h"
#include "tool/run/live_source.h"
#include "tool/run/progress.h"
#include "tool/run/recording.h"
#include "tool/run/replay.h"
#include "tool/run/sinks_of_settings.h"
#include "tool/run/stop.h"
#include "tool/run/tool_views.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kStep{100};     // how long a signal may go unnoticed
constexpr milliseconds kBusyStep{10};  // between pieces of work ahead of a report: others need the CPU as well
constexpr int kRuntimeError = 1, kUsageError = 2;
constexpr size_t kHasEndedAt = 8;  // in struct sonde_descendant of tools/tool_tasks.h

// SONDE_EVENTS=perf stands for a kernel before 5.8.
bool needs_perf_buffers(const Tool& tool) {
  auto has_twin = [](const Rows& rows) { return rows.has_perf_twin; };
  if (std::none_of(tool.rows.begin(), tool.rows.end(), has_twin)) return false;
  const char* forced = std::getenv("SONDE_EVENTS");
  return (forced && std::string_view(forced) == "perf") || !kernel::has_feature("ringbuf");
}

LoadOptions load_options(const Tool& tool, const Settings& settings, bool by_perf_buffer) {
  LoadOptions options;
  for (const ToolOption& option : tool.options) {
    if (option.sized_map.empty()) continue;
    uint64_t unit = option.is_in_pages ? static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)) : 1;
    options.map_entries[option.sized_map] = static_cast<uint32_t>(settings.number(option.name) * unit);
  }
  for (const std::string& map : tool.per_probe_maps)
    options.map_entries[map] = static_cast<uint32_t>(settings.probe_names.size() + 1);
  const Filter& filter = settings.filter;
  if (!filter.cgroup_map.empty()) options.pinned_maps["sonde_cgroups"] = filter.cgroup_map;
  if (!filter.mount_namespace_map.empty()) options.pinned_maps["sonde_mount_namespaces"] = filter.mount_namespace_map;
  options.preallocates = !tool.is_program && !kernel::has_feature("sparse_tracing_map");
  // Of each pair of buffers, the one that is not used.
  for (const Rows& rows : tool.rows) {
    if (rows.has_perf_twin) options.idle_maps.push_back(by_perf_buffer ? rows.map : rows.by_cpu());
  }
  for (const MapUse& use : tool.map_uses) {
    if (settings.hold({use.condition})) continue;
    options.idle_maps.push_back(use.map);
    for (const Rows& rows : tool.rows) {
      if (rows.map == use.map) options.idle_maps.push_back(rows.by_cpu());
    }
  }
  return options;
}

Result<Object> with_constants(const Object& object, const Tool& tool, const Settings& settings, bool by_perf_buffer) {
  if (tool.is_program) return object;
  ASSIGN_OR_RETURN(Constants constants, Constants::open(object.bytes()));
  for (const auto& [name, bytes] : settings.values) RETURN_IF_ERROR(constants.set(name, bytes));
  ASSIGN_OR_RETURN(std::string filter, filter_bytes(settings.filter));
  if (by_perf_buffer && constants.get("sonde_without_ring_buffers"))
    RETURN_IF_ERROR(constants.set("sonde_without_ring_buffers", "\1"));
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
  tell(tool.spoken_name(), error);
  if (error.kind == ErrorKind::kNotFound) return kCommandNotFound;
  return error.kind == ErrorKind::kPermission ? kCommandNotExecutable : kRuntimeError;
}

// One run of one tool.
class ToolRun {
 public:
  ToolRun(Session session, const Tool& tool, const Settings& settings, Sink& sink, Stop& stop, bool by_perf_buffer,
          Command* command)
      : session_(std::move(session)),
        live_(session_, by_perf_buffer),
        recorder_(settings.record.empty() ? nullptr : new Recorder(tool, live_.spec(), settings)),
        recorded_(recorder_ ? recorder_->record(live_) : nullptr),
        context_{tool, settings, recorded_ ? *recorded_ : live_, sink,
                 FormatContext(recorder_ ? recorder_->record(this_machine()) : this_machine())},
        stop_(stop),
        command_(command),
        progress_(tool.rows.empty() && !tool.has_trace_lines ? settings.duration : std::nullopt) {}

  Result<int> go(std::vector<Hook> probes) {
    context_.formats.set_probe_names(context_.settings.probe_names);
    context_.probes = std::move(probes);
    if (recorder_) RETURN_IF_ERROR(base::check_output(context_.settings.record));
    ASSIGN_OR_RETURN(ToolViews views, ToolViews::make(context_));
    RETURN_IF_ERROR(views.open());
    RETURN_IF_ERROR(attach_all(session_, context_));
    views.begin();
    bool has_reports = views.has_reports();
    stop_.would_lose(has_reports ? "the last report was not printed" : "what came last may not have been printed");
    if (tool().is_program && context_.settings.tells_attachments)
      std::fprintf(stderr, "%s: running; Ctrl-C ends it\n", tool().spoken_name().c_str());
    if (command_) command_->go();
    RETURN_IF_ERROR(follow(views));
    int status = command_ && !stop_.asked() ? command_->exit_status().value_or(0) : 0;
    uint64_t missed = session_.missed_calls();
    session_.detach_all();
    live_.drain();
    if (has_reports && !reported_all()) RETURN_IF_ERROR(report(views, true));
    stop_.would_lose("what is written at the end was not");
    RETURN_IF_ERROR(views.end(missed));
    if (recorder_) RETURN_IF_ERROR(recorder_->end(context_.settings.record, missed));
    return status;
  }

 private:
  const Tool& tool() const { return context_.tool; }
  bool reported_all() const { return context_.settings.count && reports_ >= *context_.settings.count; }

  Status follow(ToolViews& views) {
    begun_ = Clock::now();
    progress_.begin();
    next_report_ = begun_ + interval();
    while (!stop_.reached() && !context_.sink.failed()) {
      Result<int> handled = live_.poll(stop_.next(until_report()));
      if (!handled && handled.error().code != EINTR) return tl::unexpected(handled.error());
      if (command_ && command_->has_ended() && !has_descendants()) break;
      progress_.show();
      has_work_ahead_ = views.work_ahead();
      if (context_.settings.interval == 0 || Clock::now() < next_report_ || stop_.reached()) continue;
      if (views.has_reports()) RETURN_IF_ERROR(report(views, false));
      else views.update_losses();
      next_report_ += interval();
      if (views.has_reports() && reported_all()) break;
    }
    return {};
  }

  std::chrono::seconds interval() const { return std::chrono::seconds(context_.settings.interval); }

  // Processes that the command left behind.
  bool has_descendants() {
    if (!context_.settings.filter.follows_children) return false;
    Result<Elements> elements = context_.source.elements("sonde_descendants");
    for (size_t i = 0; elements && i < elements->count; ++i) {
      if (!unsigned_at(elements->value(i).substr(kHasEndedAt), 8)) return true;
    }
    return false;
  }

  milliseconds until_report() const {
    milliseconds step = has_work_ahead_ ? kBusyStep : kStep;
    if (context_.settings.interval == 0) return step;
    return std::clamp(std::chrono::ceil<milliseconds>(next_report_ - Clock::now()), milliseconds(0), step);
  }

  Status report(ToolViews& views, bool last) {
    auto now = Clock::now();
    Report report{std::chrono::duration<double>(now - begun_).count(), last};
    begun_ = now;
    ++reports_;
    progress_.clear();
    stop_.would_lose("the report was not printed in full");
    if (recorder_) recorder_->report(report);
    RETURN_IF_ERROR(views.report(report));
    stop_.would_lose("the last report was not printed");
    return {};
  }

  Session session_;
  LiveSource live_;
  std::unique_ptr<Recorder> recorder_;  // nullptr: the run is not recorded
  std::unique_ptr<DataSource> recorded_;
  RunContext context_;
  Stop& stop_;
  Command* command_;  // nullptr: none
  Progress progress_;
  Clock::time_point begun_, next_report_;
  uint64_t reports_ = 0;
  bool has_work_ahead_ = false;
};

Result<int> run_loaded(const Object& object, const Tool& tool, const Settings& settings, Sink& sink, Stop& stop,
                       Command* command) {
  ASSIGN_OR_RETURN(std::optional<ChosenProbes> probes, find_chosen_probes(tool, settings));
  Settings with_probes = settings;
  if (probes) {
    with_probes.probe_names = names_of(*probes);
    if (std::string left_out = probes::summary_of(probes->found.left_out); !left_out.empty())
      std::fprintf(stderr, "%s: not attached: %s\n", tool.spoken_name().c_str(), left_out.c_str());
  }
  bool by_perf_buffer = needs_perf_buffers(tool);
  ASSIGN_OR_RETURN(Object chosen, with_constants(object, tool, settings, by_perf_buffer));
  ASSIGN_OR_RETURN(Session session, Session::load(chosen, load_options(tool, with_probes, by_perf_buffer)));
  return ToolRun(std::move(session), tool, with_probes, sink, stop, by_perf_buffer, command)
      .go(probes ? hooks_of(*probes) : std::vector<Hook>());
}

}  // namespace

Result<int> run_tool(const Object& object, const Tool& tool, const Settings& settings, Sink& sink, Stop& stop) {
  if (!bpf::may_load_programs())
    return base::fail(ErrorKind::kPermission, "tracing is not permitted", bpf::permission_hint());
  if (settings.command.empty()) return run_loaded(object, tool, settings, sink, stop, nullptr);
  Result<Command> prepared = Command::prepare(settings.command);
  if (!prepared) return tell_unrunnable(tool, prepared.error());
  Command command = std::move(*prepared);
  Settings with_command = settings;
  with_command.filter.pid = static_cast<uint32_t>(command.pid());
  return run_loaded(object, tool, with_command, sink, stop, &command);
}

int run_tool_command(const Object& object, const Tool& tool, const Settings& settings) {
  auto say = [&](const Error& error, int status) {
    tell(tool.spoken_name(), error);
    return status;
  };
  Result<std::unique_ptr<Sink>> sink = make_sinks(tool, settings, standard_output());
  if (!sink) return say(sink.error(), kRuntimeError);
  SignalStop stop(settings.duration, tool.spoken_name());
  Result<int> done = run_tool(object, tool, settings, **sink, stop);
  return done ? *done : say(done.error(), kRuntimeError);
}

int run_tool_command(const Object& object, const Tool& tool, const std::string& command,
                     const std::vector<std::string>& arguments) {
  auto say = [&](const Error& error, int status) {
    tell(tool.name, error);
    return status;
  };
  Result<std::optional<Settings>> settings = read_command_line(object, tool, command, arguments);
  if (!settings) return say(settings.error(), kUsageError);
  return *settings ? run_tool_command(object, tool, **settings) : 0;
}

int replay_command(std::string_view recording, const RecordedRun& run, const spec::Spec& spec, const Tool& tool,
                   const Constants* constants, const std::string& command, const std::vector<std::string>& arguments) {
  auto say = [&](const Error& error, int status) {
    tell("sonde replay", error);
    return status;
  };
  Result<std::optional<Settings>> settings = read_command_line(spec, tool, constants, command, arguments);
  if (!settings) return say(settings.error(), kUsageError);
  if (!*settings) return 0;
  try {
    apply_recorded(run.settings, **settings);
  } catch (const nlohmann::json::exception& error) {
    return say({.kind = ErrorKind::kInvalid, .what = fmt::format("line 1 of the recording: {}", error.what())},
               kRuntimeError);
  }
  Result<std::unique_ptr<Sink>> sink = make_sinks(tool, **settings, standard_output());
  if (!sink) return say(sink.error(), kRuntimeError);
  SignalStop stop(std::nullopt, "sonde replay");
  stop.would_lose("the recording was not printed in full");
  Status replayed = replay(recording, spec, tool, **settings, **sink);
  if (!replayed) return say(replayed.error(), kRuntimeError);
  while ((*sink)->serves() && !stop.reached()) std::this_thread::sleep_for(kStep);
  return 0;
}

}  // namespace sonde::tool
