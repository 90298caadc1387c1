#include "tool/run/tool_options.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include <CLI/CLI.hpp>

#include "base/standard_output.h"
#include "tool/declaration/constants.h"
#include "tool/formats/value_type.h"
#include "tool/outputs/sink.h"
#include "tool/text/number.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

constexpr const char* kFilters = "Which processes";
constexpr const char* kOutputs = "Output";
constexpr size_t kMaxList = 32;  // SONDE_LIST of tools/tool.h

constexpr uint64_t kMaxEntries = 1 << 20;  // of a map, or pages of a buffer
constexpr Range kEntries{1, kMaxEntries};
constexpr Range kReports{1, 1'000'000'000};  // their number, and the seconds between them

}  // namespace

// Options as CLI11 wants them, and what came of them.
class ToolOptions::Options {
 public:
  Options(CLI::App& app, const spec::Spec& spec, const Tool& tool, const std::string& command,
          const Constants* constants)
      : spec_(spec), tool_(tool), app_(app), command_(command) {
    for (const ToolOption& option : tool_.options) add(option, constants);
    if (tool_.probes_argument) {
      app_.add_option(tool_.probes_argument->word, settings_.probes, tool_.probes_argument->help)->type_name("");
    }
    add_reports();
    add_outputs();
    if (tool_.has_filters) add_filters();
  }

  Result<bool> parse(std::vector<std::string> arguments) {
    take_command(arguments);
    std::reverse(arguments.begin(), arguments.end());
    try {
      app_.parse(arguments);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) return base::put_exit(app_, error), false;
      if (wrong_value_) return tl::unexpected(*wrong_value_);
      std::string what = error.what();
      return base::fail(ErrorKind::kInvalid, what.substr(0, what.find('\n')), usage_hint());
    }
    return true;
  }

  const Asked& asked() const { return asked_; }

  Result<Settings> settings() {
    RETURN_IF_ERROR(finish());
    return settings_;
  }

 private:
  bool is_taken(char letter) const {
    return std::any_of(tool_.options.begin(), tool_.options.end(),
                       [&](const ToolOption& each) { return each.letter == letter; });
  }

  bool is_taken(const std::string& long_name) const {
    return std::any_of(tool_.options.begin(), tool_.options.end(),
                       [&](const ToolOption& each) { return !each.is_argument && each.long_name == long_name; });
  }

  // "-p,--pid", or what of it the tool has not given another meaning.
  std::string names(char letter, const std::string& long_name) const {
    std::string text = letter && !is_taken(letter) ? fmt::format("-{}", letter) : "";
    if (!is_taken(long_name)) text += (text.empty() ? "--" : ",--") + long_name;
    return text;
  }

  char letter_of_output(const std::string& output) const {
    for (const auto& [name, letter] : tool_.output_letters) {
      if (name == output) return letter;
    }
    return 0;
  }

  // All words after --exec belong to the command, whatever they look like.
  void take_command(std::vector<std::string>& arguments) {
    auto begin = std::find_if(arguments.begin(), arguments.end(),
                              [](const std::string& word) { return word == "--exec" || word == "--exec-only"; });
    if (!tool_.has_filters || begin == arguments.end()) return;
    settings_.command.assign(begin + 1, arguments.end());
    arguments.erase(begin + 1, arguments.end());
  }

  static Result<std::string_view> initial_of(const ToolOption& option, const Constants* constants) {
    if (constants) return constants->get(option.name);
    return base::fail(ErrorKind::kNotFound, "there are no constants");
  }

  void add(const ToolOption& option, const Constants* constants) {
    if (Result<std::string_view> initial = initial_of(option, constants))
      settings_.values[option.name] = std::string(*initial);
    std::string name = option.long_name;
    if (!option.is_argument) {
      name = option.letter ? fmt::format("-{}", option.letter) : "";
      if (!option.long_name.empty()) name += (name.empty() ? "--" : ",--") + option.long_name;
    }
    CLI::Option* added = nullptr;
    if (!option.listed_type.empty()) {
      added = app_.add_flag_callback(name, [this, &option] { asked_.listed_type = option.listed_type; }, option.help);
    } else if (option.is_flag(spec_)) {
      added = app_.add_flag_callback(name, [this, &option] { turn_on(option); }, option.help);
    } else {
      added = app_.add_option_function<std::vector<std::string>>(
          name, [this, &option](const std::vector<std::string>& texts) { take(option, texts); }, help_of(option));
      option.optional_value.empty() ? added->expected(1) : added->expected(0, 1);
      added->type_name(word_of(option))->allow_extra_args(false);
      if (option.is_list(spec_)) added->take_all();
      if (!option.words.empty()) added->check(CLI::IsMember(option.words));
    }
    options_[option.name] = added;
    for (const std::string& other : option.excludes) {
      if (auto found = options_.find(other); found != options_.end()) added->excludes(found->second);
    }
  }

  // A tool may give --csv a letter, and columns that depend on it.
  void turn_on(const ToolOption& option) {
    settings_.values[option.name] = std::string(1, '\1');
    for (const SinkKind* kind : sink_kinds()) {
      if (option.long_name == kind->name) settings_.outputs[kind->name];
    }
  }

  std::string word_of(const ToolOption& option) const {
    if (option.is_argument || !option.value_word.empty()) return option.value_word;
    std::string word;
    for (char c : option.long_name) word += static_cast<char>(std::toupper(c));
    return word;
  }

  std::string help_of(const ToolOption& option) const {
    auto initial = settings_.values.find(option.name);
    if (option.is_list(spec_) || initial == settings_.values.end() || !settings_.on(option.name)) return option.help;
    if (initial->second.find_first_not_of('\xff') == std::string::npos) return option.help;  // -1: no limit
    ColumnStyle plain;
    FormatContext formats;
    return fmt::format("{} (default {})", option.help, text_of({spec_, option.type, initial->second, plain, formats}));
  }

  // The bytes of the constant; a list is a count and its elements.
  void take(const ToolOption& option, const std::vector<std::string>& texts) {
    // CLI11 has its own word for a value that is not there.
    bool is_given = option.optional_value.empty() || (!texts.back().empty() && texts.back() != "true");
    const std::string& text = is_given ? texts.back() : option.optional_value;
    if (!option.words.empty()) {
      auto place = std::find(option.words.begin(), option.words.end(), text) - option.words.begin();
      settings_.values[option.name] = bytes_of(static_cast<uint64_t>(place), spec_.types[option.type].size);
      return;
    }
    if (!option.is_list(spec_)) {
      std::string bytes = parsed(option, option.type, text);
      bytes.resize(spec_.types[option.type].size);
      settings_.values[option.name] = std::move(bytes);
      return;
    }
    const spec::Type& list = spec_.types[option.type];
    spec::TypeId element = spec_.types[list.fields[1].type].element;
    std::string bytes = std::string(list.fields[1].offset_bits / 8, '\0');
    uint32_t count = 0;
    for (const std::string& each : texts) {
      for (const std::string& part : CLI::detail::split(each, ',')) {
        if (++count > kMaxList)
          throw CLI::ValidationError(fmt::format("--{}", option.long_name),
                                     fmt::format("more than {} values", kMaxList));
        bytes += parsed(option, element, part);
      }
    }
    std::memcpy(bytes.data(), &count, sizeof count);
    settings_.values[option.name] = bytes;
  }

  std::string parsed(const ToolOption& option, spec::TypeId type, const std::string& text) {
    std::optional<Range> range = option.sized_map.empty() ? option.range : kEntries;
    return value_or_refuse(option.is_argument ? option.long_name : "--" + option.long_name,
                           parse_value(spec_, type, text, range));
  }

  // The error goes out of CLI11, which knows no hints, by a member.
  template <typename T>
  T value_or_refuse(const std::string& name, Result<T> value) {
    if (value) return *value;
    wrong_value_ = value.error();
    wrong_value_->what = fmt::format("{}: {}", name, value.error().what);
    if (wrong_value_->hint.empty()) wrong_value_->hint = usage_hint();
    throw CLI::ValidationError(name, value.error().what);
  }

  std::string usage_hint() const { return command_ + " -h says how it is used"; }

  // `names` as CLI11 wants them; errors name the long one.
  template <typename T>
  CLI::Option* add_number(const std::string& names, T& value, Result<T> (*read)(std::string_view),
                          const std::string& help) {
    std::string name = names.substr(names.rfind(',') + 1);
    auto take = [this, &value, read, name](const std::string& text) { value = value_or_refuse(name, read(text)); };
    return app_.add_option_function<std::string>(names, take, help);
  }

  static Result<uint64_t> read_reports(std::string_view text) { return number_in(kReports, text); }

  void add_reports() {
    constexpr const char* kOneReport = "seconds between reports (default: one report, at the end)";
    if (tool_.interval_is_option) {
      add_number("-i,--interval", interval_, read_reports, kOneReport)->type_name("SECONDS");
    } else if (tool_.interval) {
      interval_ = *tool_.interval;
      add_number("interval", interval_, read_reports, interval_ ? "seconds between reports" : kOneReport)
          ->type_name("");
      add_number("count", count_, read_reports, "number of reports, then end")->type_name("");
    }
    if (tool_.has_duration) add_number("duration", duration_, seconds_of, "seconds to run")->type_name("");
    std::string duration = names(tool_.has_duration ? 0 : 'd', "duration");
    if (!duration.empty())
      add_number(duration, duration_, seconds_of, "end after this many seconds")->type_name("SECONDS");
  }

  void add_output(const SinkKind& kind) {
    std::string name = names(letter_of_output(kind.name), kind.name);
    if (kind.place == SinkKind::Place::kDefault || name.empty()) return;
    if (!kind.value_word) {
      app_.add_flag_callback(name, [this, &kind] { settings_.outputs[kind.name]; }, kind.help)->group(kOutputs);
      return;
    }
    auto take = [this, &kind](const std::string& value) { settings_.outputs[kind.name] = value; };
    app_.add_option_function<std::string>(name, take, kind.help)->type_name(kind.value_word)->group(kOutputs);
  }

  void add_outputs() {
    for (const SinkKind* kind : sink_kinds()) add_output(*kind);
    app_.add_flag("--schema", asked_.schema, "print the JSON schema of these objects, and end")->group(kOutputs);
    if (!tool_.is_program)
      app_.add_flag("--manual", asked_.manual, "print the manual page, in troff, and end")->group(kOutputs);
    bool stacks =
        std::any_of(tool_.tables.begin(), tool_.tables.end(), [](const Table& table) { return table.as_stacks; });
    if (stacks) {
      app_.add_flag(names('f', "folded"), settings_.folded, "a stack on each line, for flame graphs")->group(kOutputs);
      app_.add_option("--flamegraph", settings_.flame_graph, "write a flame graph to FILE at the end")
          ->type_name("FILE.svg")
          ->group(kOutputs);
    }
    if (!tool_.histograms.empty() || tool_.is_program) {
      app_.add_option("--heatmap", settings_.heat_map, "write the histograms over time to FILE at the end")
          ->type_name("FILE.svg")
          ->group(kOutputs);
    }
    if (tool_.clears_screen)
      app_.add_flag(names('C', "noclear"), settings_.keep_screen, "do not clear the screen")->group(kOutputs);
    app_.add_option("--record", settings_.record, "record the run in FILE, for `sonde replay FILE`")
        ->type_name("FILE")
        ->group(kOutputs);
    std::string verbose = names('v', "verbose");  // the last name is the one that every tool has
    app_.add_flag(verbose + (verbose.empty() ? "" : ",") + "--attachments", settings_.tells_attachments,
                  "say what is attached to what, and why")
        ->group(kOutputs);
  }

  // An empty value would be none: all would be traced.
  template <typename T>
  void add_filter(char letter, const char* long_name, T& value, Result<T> (*read)(std::string_view), const char* help,
                  const char* word) {
    std::string name = names(letter, long_name);
    if (!name.empty()) add_number(name, value, read, help)->type_name(word)->group(kFilters);
  }

  static Result<std::string> read_text(std::string_view text) {
    if (!text.empty()) return std::string(text);
    return base::fail(ErrorKind::kInvalid, "it is empty", "without this option all processes are traced");
  }

  void add_filters() {
    Filter& filter = settings_.filter;
    add_filter('p', "pid", filter.pid, process_of, "this process only", "PID");
    add_filter('t', "tid", filter.tid, thread_of, "this thread only", "TID");
    add_filter('u', "uid", filter.user, read_text, "processes of this user only, a name or a number", "USER");
    add_filter(0, "comm", filter.comm, read_text, "only processes whose name starts with NAME", "NAME");
    add_filter(0, "cgroup", filter.cgroup, read_text, "processes in this cgroup and below it", "PATH");
    add_filter(0, "container", filter.container, read_text, "processes of this container", "NAME|ID");
    add_filter(0, "unit", filter.unit, read_text, "processes of this systemd unit", "NAME");
    add_filter(0, "cgroupmap", filter.cgroup_map, read_text,
               "processes in the cgroups whose IDs are in the pinned map PATH", "PATH");
    add_filter(0, "mntnsmap", filter.mount_namespace_map, read_text,
               "processes in the mount namespaces in the pinned map PATH", "PATH");
    add_commands();
  }

  void add_commands() {
    auto run_by_shell = [this](const std::string& text) { settings_.command = {"/bin/sh", "-c", "exec " + text}; };
    const char* help = tool_.is_of_one_process ? "run this command and trace it until it ends"
                                               : "run this command and trace it and its children until all have ended";
    if (tool_.command_letter) {
      app_.add_option_function<std::string>(fmt::format("-{},--command", tool_.command_letter), run_by_shell, help)
          ->type_name("COMMAND")
          ->group(kFilters);
    }
    const char* traced = tool_.is_of_one_process ? "it, without its children, until it ends"
                                                 : "it and its children until all have ended";
    std::string all = fmt::format(
        "run COMMAND..., the rest of the line, and trace {}; the tool exits with the status of "
        "the command. If the tool ends first, it sends SIGTERM to the command",
        traced);
    app_.add_flag("--exec", wants_command_, all)->group(kFilters);
    app_.add_flag("--exec-only", wants_command_alone_, "as --exec, but trace the command alone, without its children")
        ->group(kFilters);
  }

  Status finish() {
    settings_.duration = duration_ > 0 ? std::optional(duration_) : tool_.duration;
    settings_.interval = static_cast<unsigned>(interval_);
    for (const SinkKind* kind : sink_kinds()) {
      if (interval_ == 0 && settings_.outputs.contains(kind->name))
        settings_.interval = std::max(settings_.interval, kind->interval);
    }
    if (count_) settings_.count = count_;
    RETURN_IF_ERROR(check_outputs());
    RETURN_IF_ERROR(check_pairs());
    RETURN_IF_ERROR(check_filters());
    settings_.filter.follows_children = !settings_.command.empty() && !wants_command_alone_ && !tool_.is_of_one_process;
    std::vector<uint32_t> ids = chosen_ids();
    settings_.filter.includes_tool = std::find(ids.begin(), ids.end(), static_cast<uint32_t>(::getpid())) != ids.end();
    return {};
  }

  Status contradiction(const std::string& what) const { return base::fail(ErrorKind::kInvalid, what, usage_hint()); }

  // One at a time writes to standard output.
  Status check_outputs() const {
    const SinkKind* other = nullptr;
    for (const SinkKind* kind : sink_kinds()) {
      if (kind->place != SinkKind::Place::kOutput || !settings_.outputs.contains(kind->name)) continue;
      if (settings_.folded) return contradiction(fmt::format("--folded is text, and --{} is not", kind->name));
      if (other) return contradiction(fmt::format("--{} and --{} exclude each other", other->name, kind->name));
      other = kind;
    }
    return {};
  }

  Status check_pairs() const {
    for (const ToolOption& option : tool_.options) {
      uint64_t least = settings_.number(option.name), most = settings_.number(option.at_most);
      const ToolOption* other = option.at_most.empty() ? nullptr : find_option(tool_, option.at_most);
      if (other && least > most)
        return contradiction(
            fmt::format("--{} {} is more than --{} {}", option.long_name, least, other->long_name, most));
    }
    return {};
  }

  Status check_filters() const {
    const Filter& filter = settings_.filter;
    bool has_command = wants_command_ || wants_command_alone_ || !settings_.command.empty();
    if (has_command && settings_.command.empty()) return contradiction("--exec wants a command after it");
    bool names_process = filter.pid || filter.tid || !chosen_ids().empty();
    if (has_command && names_process)
      return contradiction("either a command, or a process or thread that runs already");
    if (filter.pid && filter.tid && process_of_thread(filter.tid) != filter.pid) {
      return contradiction(fmt::format("thread {} belongs to process {}, not to {}", filter.tid,
                                       process_of_thread(filter.tid), filter.pid));
    }
    int places = !filter.cgroup.empty() + !filter.container.empty() + !filter.unit.empty();
    return places > 1 ? contradiction("--cgroup, --container and --unit exclude each other") : Status{};
  }

  const spec::Type& element_of(const ToolOption& option) const {
    const spec::Type& type = spec_.types[option.type];
    return option.is_list(spec_) ? spec_.types[spec_.types[type.fields[1].type].element] : type;
  }

  // Processes and threads that options of the tool's own name, as -p of profile.
  std::vector<uint32_t> chosen_ids() const {
    std::vector<uint32_t> ids;
    for (const ToolOption& option : tool_.options) {
      const std::string& spelling = element_of(option).spelling;
      if ((spelling != "process_t" && spelling != "thread_t") || !settings_.on(option.name)) continue;
      std::string_view bytes = settings_.values.at(option.name);
      if (option.is_list(spec_)) bytes.remove_prefix(std::min(bytes.size(), sizeof(uint32_t)));  // their count
      for (; bytes.size() >= sizeof(uint32_t); bytes.remove_prefix(sizeof(uint32_t)))
        ids.push_back(static_cast<uint32_t>(unsigned_at(bytes, sizeof(uint32_t))));
    }
    return ids;
  }

  const spec::Spec& spec_;
  const Tool& tool_;
  CLI::App& app_;
  std::string command_;
  Settings settings_;
  Asked asked_;
  bool wants_command_ = false, wants_command_alone_ = false;
  double duration_ = 0;
  uint64_t interval_ = 0, count_ = 0;
  std::optional<Error> wrong_value_;
  std::map<std::string, CLI::Option*> options_;
};

ToolOptions::ToolOptions(CLI::App& app, const spec::Spec& spec, const Tool& tool, const std::string& command,
                         const Constants* constants)
    : options_(std::make_unique<Options>(app, spec, tool, command, constants)) {}
ToolOptions::~ToolOptions() = default;

Result<bool> ToolOptions::parse(std::vector<std::string> arguments) { return options_->parse(std::move(arguments)); }
const ToolOptions::Asked& ToolOptions::asked() const { return options_->asked(); }
Result<Settings> ToolOptions::settings() { return options_->settings(); }

}  // namespace sonde::tool
