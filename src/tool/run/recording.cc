#include "tool/run/recording.h"

#include "base/output_file.h"
#include "base/version.h"
#include "tool/text/value_text.h"

namespace sonde::tool {

using nlohmann::ordered_json;

class RecordingSource : public DataSource {
 public:
  RecordingSource(Recorder& recorder, DataSource& source) : recorder_(recorder), source_(source) {}

  const spec::Spec& spec() const override { return source_.spec(); }

  Result<Elements> elements(const std::string& map) override {
    return recorded("elements", map, source_.elements(map));
  }

  Result<Elements> take_elements(const std::string& map) override {
    return recorded("take_elements", map, source_.take_elements(map));
  }

  Result<std::string> lookup(const std::string& map, std::string_view key) override {
    Result<std::string> value = source_.lookup(map, key);
    ordered_json line{{"lookup", map}, {"key", hex_text(key)}, {"value", nullptr}};
    if (value) line["value"] = hex_text(*value);
    recorder_.add(line);
    return value;
  }

  Status open_buffer(const std::string& map, std::function<void(std::string_view)> on_event) override {
    return source_.open_buffer(map, [this, map, on_event = std::move(on_event)](std::string_view event) {
      ordered_json line{{"event", map}};
      recorder_.mark(line);
      line["bytes"] = hex_text(event);
      recorder_.add(line);
      on_event(event);
    });
  }

  Status open_trace_lines(std::function<void(std::string_view)> on_line) override {
    return source_.open_trace_lines([this, on_line = std::move(on_line)](std::string_view text) {
      ordered_json line{{"trace_line", hex_text(text)}};
      recorder_.mark(line);
      recorder_.add(line);
      on_line(text);
    });
  }

  uint64_t lost(const std::string& map) override {
    uint64_t count = source_.lost(map);
    if (count) recorder_.add({{"lost", map}, {"count", count}});
    return count;
  }

  std::string lost_text(const std::string& map) override {
    std::string text = source_.lost_text(map);
    if (!text.empty()) recorder_.add({{"lost_text", map}, {"text", text}});
    return text;
  }

 private:
  Result<Elements> recorded(const char* what, const std::string& map, Result<Elements> elements) {
    if (!elements) return elements;
    recorder_.add({{what, map},
                   {"key_size", elements->key_size},
                   {"value_size", elements->value_size},
                   {"value_stride", elements->value_stride},
                   {"keys", hex_text(elements->keys)},
                   {"values", hex_text(elements->values)}});
    return elements;
  }

  Recorder& recorder_;
  DataSource& source_;
};

class RecordingMachine : public Machine {
 public:
  RecordingMachine(Recorder& recorder, std::unique_ptr<Machine> machine)
      : recorder_(recorder), machine_(std::move(machine)) {}

  uint64_t monotonic_ns() override { return recorder_.monotonic_ns_; }
  uint64_t real_ns() override { return recorder_.real_ns_; }

  // The first answer stands: a replay can give no other.
  Symbol symbol(int pid, uint64_t address) override {
    auto [found, is_new] = symbols_.try_emplace({pid, address});
    if (!is_new) return found->second;
    found->second = machine_->symbol(pid, address);
    recorder_.add({{"symbol", {{"pid", pid}, {"address", address}}},
                   {"name", found->second.name},
                   {"module", found->second.module},
                   {"offset", found->second.offset}});
    return found->second;
  }

  std::string disk_name(uint32_t kernel_dev) override {
    std::string name = machine_->disk_name(kernel_dev);
    recorder_.add({{"disk", kernel_dev}, {"name", name}});
    return name;
  }

  std::string file(const std::string& path) override {
    std::string text = machine_->file(path);
    recorder_.add({{"file", path}, {"text", text}});
    return text;
  }

 private:
  Recorder& recorder_;
  std::unique_ptr<Machine> machine_;
  std::map<std::pair<int, uint64_t>, Symbol> symbols_;
};

Recorder::Recorder(const Tool& tool, const spec::Spec& spec, const Settings& settings) : clock_(this_machine()) {
  ordered_json line{{"sonde_recording", 1},
                    {"version", base::kVersion},
                    {"tool", tool.name},
                    {"settings", recorded_settings(settings)}};
  // The sonde that replays may have the tool in another version, or not at all.
  ordered_json described = ordered_json::parse(spec::to_json(spec));
  if (tool.is_program) line["program"] = {{"spec", std::move(described)}, {"trace_lines", tool.has_trace_lines}};
  else line["spec"] = std::move(described);
  mark(line);
  add(line);
}

std::unique_ptr<DataSource> Recorder::record(DataSource& source) {
  return std::make_unique<RecordingSource>(*this, source);
}

std::unique_ptr<Machine> Recorder::record(std::unique_ptr<Machine> machine) {
  return std::make_unique<RecordingMachine>(*this, std::move(machine));
}

void Recorder::mark(ordered_json& line) {
  monotonic_ns_ = clock_->monotonic_ns();
  real_ns_ = clock_->real_ns();
  line["monotonic_ns"] = monotonic_ns_;
  line["real_ns"] = real_ns_;
}

// Names of functions may hold any bytes; JSON may not.
void Recorder::add(const ordered_json& line) {
  std::string text = line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  is_cut_ |= lines_.size() + text.size() > kMaxBytes;
  if (!is_cut_) lines_ += text;
}

void Recorder::report(const Report& report) {
  ordered_json line{{"report", {{"seconds", report.seconds}, {"last", report.last}}}};
  mark(line);
  add(line);
}

Status Recorder::end(const std::string& path, uint64_t missed_calls) {
  bool was_cut = is_cut_;
  is_cut_ = false;
  lines_ += ordered_json{{"end", true}, {"missed_calls", missed_calls}}.dump() + "\n";
  RETURN_IF_ERROR(base::write_output(path, lines_));
  if (!was_cut) return {};
  return base::fail(ErrorKind::kFailed, fmt::format("{} has the first {} MB of the run alone", path, kMaxBytes >> 20));
}

}  // namespace sonde::tool
