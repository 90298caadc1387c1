#include "tool/run/replay.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "tool/run/tool_views.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

using nlohmann::json;

// kInvalid, with the line's number.
tl::unexpected<Error> damaged(size_t number, const std::string& why) {
  return base::fail(ErrorKind::kInvalid, fmt::format("line {} of the recording: {}", number, why));
}

// Answers in the order in which they were given; the last one is given again and again.
template <typename Answer>
class Answers {
 public:
  void add(Answer answer) { waiting_.push_back(std::move(answer)); }
  const Answer& next() {
    if (!waiting_.empty()) {
      last_ = std::move(waiting_.front());
      waiting_.pop_front();
    }
    return last_;
  }
  void forget_last() { last_ = {}; }

 private:
  std::deque<Answer> waiting_;
  Answer last_{};
};

// What the machine and the maps answered, and what happened, in order.
struct Recording {
  struct Moment {
    uint64_t monotonic_ns = 0, real_ns = 0;
    std::string map, event;        // of an event; a trace line is of no map
    std::optional<Report> report;  // of a report
  };

  Moment start;
  std::vector<Moment> moments;
  uint64_t missed_calls = 0;
  std::map<std::string, Answers<Elements>> elements, taken;
  std::map<std::pair<std::string, std::string>, Answers<std::optional<std::string>>> lookups;
  std::map<std::string, Answers<uint64_t>> lost;
  std::map<std::string, std::string> lost_texts;
  std::map<std::pair<int, uint64_t>, Symbol> symbols;
  std::map<uint32_t, std::string> disks;
  std::map<std::string, Answers<std::string>> files;
  std::set<std::string> texts;  // that symbols point to
};

class Reader {
 public:
  explicit Reader(const spec::Spec& spec) : spec_(spec) {}

  // Throws json::exception where a member is missing or of another type.
  void read(const json& line) {
    if (line.contains("event")) read_event(line);
    else if (line.contains("trace_line")) read_trace_line(line);
    else if (line.contains("report")) read_report(line);
    else if (line.contains("elements")) recording_.elements[line["elements"]].add(elements_of(line, line["elements"]));
    else if (line.contains("take_elements"))
      recording_.taken[line["take_elements"]].add(elements_of(line, line["take_elements"]));
    else if (line.contains("lookup")) read_lookup(line);
    else if (line.contains("lost_text")) recording_.lost_texts[line.at("lost_text")] = line.at("text");
    else if (line.contains("lost")) recording_.lost[line.at("lost")].add(line.at("count"));
    else if (line.contains("symbol")) read_symbol(line);
    else if (line.contains("disk")) recording_.disks[line.at("disk")] = line.at("name");
    else if (line.contains("file")) recording_.files[line.at("file")].add(line.at("text"));
    else if (line.contains("end")) recording_.missed_calls = line.at("missed_calls");
    else if (line.contains("sonde_recording")) recording_.start = moment_of(line);
    else wrong_ = "it is of no kind that this version knows";
  }

  const std::string& wrong() const { return wrong_; }
  Recording take() { return std::move(recording_); }

 private:
  static Recording::Moment moment_of(const json& line) {
    return {line.at("monotonic_ns"), line.at("real_ns"), "", "", {}};
  }

  std::string bytes(const json& line, const char* name) {
    std::optional<std::string> bytes = bytes_of_hex(line.at(name).get_ref<const std::string&>());
    if (!bytes) wrong_ = fmt::format("{} is not hexadecimal", name);
    return bytes.value_or("");
  }

  void read_event(const json& line) {
    Recording::Moment moment = moment_of(line);
    moment.map = line.at("event");
    moment.event = bytes(line, "bytes");
    recording_.moments.push_back(std::move(moment));
  }

  void read_trace_line(const json& line) {
    Recording::Moment moment = moment_of(line);
    moment.event = bytes(line, "trace_line");
    recording_.moments.push_back(std::move(moment));
  }

  void read_report(const json& line) {
    Recording::Moment moment = moment_of(line);
    moment.report = Report{line.at("report").at("seconds"), line.at("report").at("last")};
    recording_.moments.push_back(std::move(moment));
  }

  void read_lookup(const json& line) {
    std::string map = line.at("lookup"), key = bytes(line, "key");
    std::optional<std::string> value;
    if (!line.at("value").is_null()) value = bytes(line, "value");
    const spec::Map* known = find(map);
    if (value && known && value->size() < known->value_size) wrong_ = fmt::format("a value of {} is too short", map);
    recording_.lookups[{map, key}].add(std::move(value));
  }

  void read_symbol(const json& line) {
    Symbol symbol;
    symbol.name = *recording_.texts.insert(line.at("name")).first;
    symbol.module = *recording_.texts.insert(line.at("module")).first;
    symbol.offset = line.at("offset");
    recording_.symbols[{line.at("symbol").at("pid"), line.at("symbol").at("address")}] = symbol;
  }

  const spec::Map* find(const std::string& name) const {
    for (const spec::Map& map : spec_.maps) {
      if (map.name == name) return &map;
    }
    return nullptr;
  }

  // As large as the tool's map has them: views count on it.
  Elements elements_of(const json& line, const std::string& name) {
    Elements elements{bytes(line, "keys"), bytes(line, "values"), 0,
                      line.at("key_size"), line.at("value_size"), line.at("value_stride")};
    const spec::Map* map = find(name);
    if (!map || elements.key_size != map->key_size || elements.value_size != map->value_size ||
        elements.key_size == 0 || elements.value_stride < elements.value_size) {
      wrong_ = fmt::format("the tool's map {} is another one; it was recorded by another version", name);
      return {};
    }
    elements.count = elements.keys.size() / elements.key_size;
    bool fits = elements.count * elements.key_size == elements.keys.size() &&
                elements.values.size() / elements.value_stride == elements.count &&
                elements.values.size() % elements.value_stride == 0;
    if (!fits) wrong_ = fmt::format("keys and values of {} are not as many", name);
    return fits ? elements : Elements{};
  }

  const spec::Spec& spec_;
  Recording recording_;
  std::string wrong_;
};

// Calls `use` with each line and its number, until it fails.
Status for_each_line(std::string_view text, const std::function<Status(const json&, size_t)>& use) {
  for (size_t number = 1; !text.empty(); ++number) {
    size_t end = std::min(text.find('\n'), text.size());
    json line = json::parse(text.substr(0, end), nullptr, /*allow_exceptions=*/false);
    if (!line.is_object()) return damaged(number, "it is not a JSON object");
    RETURN_IF_ERROR(use(line, number));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

class ReplaySource : public DataSource {
 public:
  ReplaySource(const spec::Spec& spec, Recording& recording) : spec_(spec), recording_(recording) {}

  const spec::Spec& spec() const override { return spec_; }
  Result<Elements> elements(const std::string& map) override { return recording_.elements[map].next(); }
  Result<Elements> take_elements(const std::string& map) override {
    Answers<Elements>& answers = recording_.taken[map];
    Elements taken = answers.next();
    answers.forget_last();
    return taken;
  }

  Result<std::string> lookup(const std::string& map, std::string_view key) override {
    std::optional<std::string> value = recording_.lookups[{map, std::string(key)}].next();
    if (!value) return base::fail(ErrorKind::kNotFound, fmt::format("{} has no such key in the recording", map));
    return *value;
  }

  Status open_buffer(const std::string& map, std::function<void(std::string_view)> on_event) override {
    buffers_[map] = std::move(on_event);
    return {};
  }

  Status open_trace_lines(std::function<void(std::string_view)> on_line) override {
    on_line_ = std::move(on_line);
    return {};
  }

  uint64_t lost(const std::string& map) override { return recording_.lost[map].next(); }
  std::string lost_text(const std::string& map) override { return recording_.lost_texts[map]; }

  void feed(const std::string& map, std::string_view event) {
    if (map.empty() && on_line_) return on_line_(event);
    if (auto found = buffers_.find(map); found != buffers_.end()) found->second(event);
  }

 private:
  const spec::Spec& spec_;
  Recording& recording_;
  std::map<std::string, std::function<void(std::string_view)>> buffers_;
  std::function<void(std::string_view)> on_line_;
};

class ReplayMachine : public Machine {
 public:
  ReplayMachine(Recording& recording, const Recording::Moment*& now) : recording_(recording), now_(now) {}

  uint64_t monotonic_ns() override { return now_->monotonic_ns; }
  uint64_t real_ns() override { return now_->real_ns; }
  Symbol symbol(int pid, uint64_t address) override {
    auto found = recording_.symbols.find({pid, address});
    return found == recording_.symbols.end() ? Symbol{.offset = address} : found->second;
  }
  std::string disk_name(uint32_t kernel_dev) override { return recording_.disks[kernel_dev]; }
  std::string file(const std::string& path) override { return recording_.files[path].next(); }

 private:
  Recording& recording_;
  const Recording::Moment*& now_;
};

Result<Recording> read_recording(std::string_view text, const spec::Spec& spec) {
  Reader reader(spec);
  Status read = for_each_line(text, [&](const json& line, size_t number) -> Status {
    try {
      reader.read(line);
    } catch (const json::exception& error) {
      return damaged(number, error.what());
    }
    return reader.wrong().empty() ? Status{} : damaged(number, reader.wrong());
  });
  RETURN_IF_ERROR(read);
  return reader.take();
}

}  // namespace

Result<RecordedRun> recorded_run(std::string_view recording) {
  json line = json::parse(recording.substr(0, recording.find('\n')), nullptr, /*allow_exceptions=*/false);
  auto fail = [](const std::string& what) {
    return base::fail(ErrorKind::kInvalid, what, "a tool writes recordings with --record FILE");
  };
  if (!line.is_object() || !line.contains("sonde_recording")) return fail("this is not a recording");
  try {
    if (line.at("sonde_recording") != 1) return fail("this recording is of a later version of sonde");
    RecordedRun run{
        .tool = line.at("tool"), .settings = line.at("settings"), .spec = {}, .is_program = line.contains("program")};
    const json& holder = run.is_program ? line.at("program") : line;
    if (!holder.contains("spec")) return run;
    Result<spec::Spec> spec = spec::from_json(holder.at("spec").dump());
    if (!spec) return damaged(1, spec.error().what);
    run.spec = std::move(*spec);
    if (run.is_program) run.has_trace_lines = holder.at("trace_lines");
    return run;
  } catch (const json::exception& error) {
    return damaged(1, error.what());
  }
}

Status replay(std::string_view text, const spec::Spec& spec, const Tool& tool, const Settings& settings, Sink& sink) {
  ASSIGN_OR_RETURN(Recording recording, read_recording(text, spec));
  const Recording::Moment* now = &recording.start;
  ReplaySource source(spec, recording);
  RunContext context{tool, settings, source, sink, FormatContext(std::make_unique<ReplayMachine>(recording, now))};
  context.formats.set_probe_names(settings.probe_names);
  ASSIGN_OR_RETURN(ToolViews views, ToolViews::make(context));
  RETURN_IF_ERROR(views.open());
  views.begin();
  for (const Recording::Moment& moment : recording.moments) {
    now = &moment;
    if (moment.report) RETURN_IF_ERROR(views.report(*moment.report));
    else source.feed(moment.map, moment.event);
  }
  return views.end(recording.missed_calls);
}

}  // namespace sonde::tool
