// A tool's command line: its own options, those that every tool has, and what follows from them.
#include <algorithm>
#include <cstring>
#include <functional>

#include <CLI/CLI.hpp>

#include "base/standard_output.h"
#include "frame/constants.h"
#include "frame/manual.h"
#include "frame/run_tool.h"
#include "frame/schema.h"
#include "frame/syscall_table.h"
#include "frame/value_type.h"

namespace sonde::frame {
namespace {

// CLI11's own check would be named in the help, and says its bounds in full.
std::string check_positive(const std::string& text) {
  double number = 0;
  bool good = CLI::detail::lexical_cast(text, number) && number > 0 && number < 1e9;
  return good ? "" : text + " is not a positive number";
}
constexpr size_t kMaxList = 32;  // SONDE_LIST of tools/tool.h

constexpr uint64_t kMaxEntries = 1 << 20;  // of a map, or pages of a buffer

// Four to a line, in alphabetical order.
std::string list_of_names(const std::string& type) {
  std::vector<std::string> listed;
  if (type == "syscall_t") {
    for (const Name& each : syscall_table()) listed.push_back(each.name);
  }
  std::sort(listed.begin(), listed.end());
  std::string text;
  for (size_t i = 0; i < listed.size(); ++i) {
    bool ends = i % 4 == 3 || i + 1 == listed.size();
    text += ends ? listed[i] + "\n" : fmt::format("{:<22}   ", listed[i]);
  }
  return text;
}

// Options as CLI11 wants them, and what came of them.
class CommandLine {
 public:
  CommandLine(const Object& object, const Tool& tool, const std::string& command)
      : spec_(object.spec()), tool_(tool), app_(tool.summary), command_(command) {
    app_.name(command);
    app_.set_version_flag("--version", SONDE_VERSION, "print the version");
    app_.get_help_ptr()->description("print this help");
  }

  Result<std::optional<Choices>> read(const Object& object, std::vector<std::string> arguments) {
    ASSIGN_OR_RETURN(Constants constants, Constants::open(object.bytes()));
    for (const ToolOption& option : tool_.options) add(option, constants);
    add_reports();
    add_outputs();
    if (tool_.has_filters) add_filters();
    take_command(arguments);
    std::reverse(arguments.begin(), arguments.end());
    try {
      app_.parse(arguments);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) return base::put_exit(app_, error), std::nullopt;
      std::string what = error.what();
      return base::fail(ErrorKind::kInvalid, what.substr(0, what.find('\n')), command_ + " -h says how it is used");
    }
    if (wants_manual_) {
      base::put(manual(spec_, tool_, app_));
      return std::nullopt;
    }
    if (wants_schema_) {
      base::put(schema(spec_, tool_).dump(2) + "\n");
      return std::nullopt;
    }
    if (!listed_type_.empty()) {
      base::put(list_of_names(listed_type_));
      return std::nullopt;
    }
    RETURN_IF_ERROR(finish());
    return choices_;
  }

 private:
  bool is_taken(char letter) const {
    return std::any_of(tool_.options.begin(), tool_.options.end(), [&](const ToolOption& each) { return each.letter == letter; });
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

  // What stands behind --exec belongs to the command, whatever it looks like.
  void take_command(std::vector<std::string>& arguments) {
    auto begin = std::find(arguments.begin(), arguments.end(), "--exec");
    if (!tool_.has_filters || begin == arguments.end()) return;
    choices_.command.assign(begin + 1, arguments.end());
    arguments.erase(begin + 1, arguments.end());
  }

  void add(const ToolOption& option, const Constants& constants) {
    Result<std::string_view> initial = constants.get(option.name);
    if (initial) choices_.values[option.name] = std::string(*initial);
    std::string name = option.long_name;
    if (!option.is_argument) {
      name = option.letter ? fmt::format("-{}", option.letter) : "";
      if (!option.long_name.empty()) name += (name.empty() ? "--" : ",--") + option.long_name;
    }
    CLI::Option* added = nullptr;
    if (!option.listed_type.empty()) {
      added = app_.add_flag_callback(name, [this, &option] { listed_type_ = option.listed_type; }, option.help);
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
    choices_.values[option.name] = std::string(1, '\1');
    if (option.long_name == "csv") choices_.format = Format::kCsv;
  }

  std::string word_of(const ToolOption& option) const {
    if (!option.value_word.empty()) return option.value_word;
    std::string word;
    for (char c : option.long_name) word += static_cast<char>(std::toupper(c));
    return word;
  }

  std::string help_of(const ToolOption& option) const {
    auto initial = choices_.values.find(option.name);
    if (option.is_list(spec_) || initial == choices_.values.end() || !choices_.on(option.name)) return option.help;
    if (initial->second.find_first_not_of('\xff') == std::string::npos) return option.help;  // -1: no limit
    ColumnStyle plain;
    Surroundings surroundings;
    return fmt::format("{} (default {})", option.help, text_of({spec_, option.type, initial->second, plain, surroundings}));
  }

  // The bytes of the constant; a list is a count and its elements.
  void take(const ToolOption& option, const std::vector<std::string>& texts) {
    // CLI11 has its own word for a value that is not there.
    bool is_given = option.optional_value.empty() || (!texts.back().empty() && texts.back() != "true");
    const std::string& text = is_given ? texts.back() : option.optional_value;
    if (!option.words.empty()) {
      auto place = std::find(option.words.begin(), option.words.end(), text) - option.words.begin();
      choices_.values[option.name] = bytes_of(static_cast<uint64_t>(place), spec_.types[option.type].size);
      return;
    }
    if (!option.is_list(spec_)) {
      std::string bytes = parsed(option, option.type, text);
      bytes.resize(spec_.types[option.type].size);
      choices_.values[option.name] = std::move(bytes);
      return;
    }
    const spec::Type& list = spec_.types[option.type];
    spec::TypeId element = spec_.types[list.fields[1].type].element;
    std::string bytes = std::string(list.fields[1].offset_bits / 8, '\0');
    uint32_t count = 0;
    for (const std::string& each : texts) {
      for (const std::string& part : CLI::detail::split(each, ',')) {
        if (++count > kMaxList) throw CLI::ValidationError(fmt::format("--{}", option.long_name), fmt::format("more than {} values", kMaxList));
        bytes += parsed(option, element, part);
      }
    }
    std::memcpy(bytes.data(), &count, sizeof count);
    choices_.values[option.name] = bytes;
  }

  std::string parsed(const ToolOption& option, spec::TypeId type, const std::string& text) const {
    Result<std::string> bytes = parse_value(spec_, type, text);
    if (bytes) return *bytes;
    throw CLI::ValidationError(option.is_argument ? option.long_name : "--" + option.long_name, bytes.error().what);
  }

  void add_reports() {
    if (tool_.interval_is_option) {
      app_.add_option("-i,--interval", choices_.interval, "seconds between reports (default: one report, at the end)")
          ->check(CLI::Range(1u, 1'000'000'000u))->type_name("SECONDS");
    } else if (tool_.interval) {
      choices_.interval = *tool_.interval;
      app_.add_option("interval", choices_.interval, choices_.interval ? "seconds between reports" : "seconds between reports (default: one report, at the end)")
          ->check(check_positive)->type_name("");
      app_.add_option("count", choices_.count, "reports, then end")->check(check_positive)->type_name("");
    }
    choices_.duration = tool_.duration;
    if (tool_.has_duration) app_.add_option("duration", choices_.duration, "seconds, then end")->check(check_positive);
    std::string duration = names(tool_.has_duration ? 0 : 'd', "duration");
    if (!duration.empty()) app_.add_option(duration, choices_.duration, "end after so many seconds")->check(check_positive)->type_name("SECONDS");
  }

  void add_outputs() {
    constexpr const char* kGroup = "Output";
    auto format = [this](Format chosen) { return [this, chosen] { choices_.format = chosen; }; };
    if (auto name = names(letter_of_output("json"), "json"); !name.empty()) {
      app_.add_flag_callback(name, format(Format::kJson), "a JSON object on each line")->group(kGroup);
    }
    if (auto name = names(letter_of_output("csv"), "csv"); !name.empty()) {
      app_.add_flag_callback(name, format(Format::kCsv), "comma-separated values")->group(kGroup);
    }
    app_.add_flag("--schema", wants_schema_, "print the JSON schema of these objects, and end")->group(kGroup);
    app_.add_flag("--manual", wants_manual_, "print the manual page, in troff, and end")->group(kGroup);
    bool stacks = std::any_of(tool_.tables.begin(), tool_.tables.end(), [](const Table& table) { return table.as_stacks; });
    if (stacks) {
      app_.add_flag(names('f', "folded"), choices_.folded, "a stack on each line, for flame graphs")->group(kGroup);
      app_.add_option("--flamegraph", choices_.flame_graph, "write a flame graph to FILE at the end")->type_name("FILE.svg")->group(kGroup);
    }
    if (!tool_.histograms.empty()) {
      app_.add_option("--heatmap", choices_.heat_map, "write the histograms over time to FILE at the end")->type_name("FILE.svg")->group(kGroup);
    }
    if (tool_.clears_screen) app_.add_flag(names('C', "noclear"), choices_.keep_screen, "do not clear the screen")->group(kGroup);
    if (auto name = names(letter_of_output("journal"), "journal"); !name.empty() && !tool_.rows.empty()) {
      app_.add_flag(name, choices_.journal, "send the rows to systemd's journal as well")->group(kGroup);
    }
    app_.add_flag("--attachments", choices_.tells_attachments, "say what is attached to what, and why")->group(kGroup);
  }

  template <typename T>
  void add_filter(char letter, const char* long_name, T& value, const char* help, const char* word) {
    std::string name = names(letter, long_name);
    if (!name.empty()) app_.add_option(name, value, help)->type_name(word)->group("Which processes");
  }

  void add_filters() {
    Filter& filter = choices_.filter;
    add_filter('p', "pid", filter.pid, "this process only", "PID");
    add_filter('t', "tid", filter.tid, "this thread only", "TID");
    add_filter('u', "uid", filter.user, "processes of this user only, a name or a number", "USER");
    add_filter(0, "comm", filter.comm, "processes whose command begins so", "NAME");
    add_filter(0, "cgroup", filter.cgroup, "processes in this cgroup and below it", "PATH");
    add_filter(0, "container", filter.container, "processes of this container", "NAME|ID");
    add_filter(0, "unit", filter.unit, "processes of this systemd unit", "NAME");
    add_filter(0, "cgroupmap", filter.cgroup_map, "processes in the cgroups whose IDs a pinned map has", "PATH");
    add_filter(0, "mntnsmap", filter.mount_namespace_map, "processes in the mount namespaces that a pinned map has", "PATH");
    constexpr const char* kGroup = "Which processes";
    auto run_by_shell = [this](const std::string& text) { choices_.command = {"/bin/sh", "-c", "exec " + text}; };
    if (tool_.command_letter) {
      app_.add_option_function<std::string>(fmt::format("-{},--command", tool_.command_letter), run_by_shell,
                                            "run this command and trace it until it ends")->type_name("COMMAND")->group(kGroup);
    }
    app_.add_flag("--exec", wants_command_, "run COMMAND..., which is the rest of the line, and trace it until it ends")->group(kGroup);
  }

  Status finish() {
    if (choices_.folded && choices_.format != Format::kText) {
      return base::fail(ErrorKind::kInvalid, "--folded is text: it goes neither with --json nor with --csv");
    }
    for (const ToolOption& option : tool_.options) {
      uint64_t number = choices_.number(option.name);
      if (option.sized_map.empty() || (number > 0 && number <= kMaxEntries)) continue;
      return base::fail(ErrorKind::kInvalid, fmt::format("--{}: {} is not between 1 and {}", option.long_name, number, kMaxEntries));
    }
    if (wants_command_ && choices_.command.empty()) return base::fail(ErrorKind::kInvalid, "--exec wants a command behind it");
    if (!choices_.command.empty() && choices_.filter.pid) return base::fail(ErrorKind::kInvalid, "either a command or -p");
    return {};
  }

  const spec::Spec& spec_;
  const Tool& tool_;
  CLI::App app_;
  std::string command_;
  Choices choices_;
  bool wants_schema_ = false;
  bool wants_manual_ = false;
  bool wants_command_ = false;
  std::string listed_type_;
  std::map<std::string, CLI::Option*> options_;
};

}  // namespace

Result<std::optional<Choices>> read_command_line(const Object& object, const Tool& tool, const std::string& command,
                                                 const std::vector<std::string>& arguments) {
  return CommandLine(object, tool, command).read(object, arguments);
}

}  // namespace sonde::frame
