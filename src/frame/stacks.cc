// Stacks with weights: frames and who was there, folded lines, a flame graph.
#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "base/output_file.h"
#include "frame/columns.h"
#include "frame/flame_graph.h"
#include "frame/shape.h"
#include "frame/stack_names.h"
#include "frame/value_text.h"

namespace sonde::frame {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kKernelStack = "kernel_stack_t";
constexpr std::string_view kUserStack = "user_stack_t";
constexpr int32_t kNotAsked = -1;  // what a tool writes where no stack is wanted
constexpr std::chrono::milliseconds kLookEvery{500};  // for new stacks
constexpr std::chrono::milliseconds kResolveFor{20};  // at most, at one time: events wait meanwhile

// Of a key's field: the words of ABOVE and BELOW.
std::string word_of(const spec::Field& field, std::string_view kind) {
  for (const spec::Note& note : field.notes) {
    if (note.kind == kind && !note.words.empty()) return note.words[0];
  }
  return "";
}

std::string text_in(std::string_view bytes) { return std::string(bytes.substr(0, bytes.find('\0'))); }

// One line of a table as a stack. Names are the bytes that were seen.
struct Stack {
  std::string comm;
  int pid = 0;
  std::optional<int> tid;
  std::vector<std::pair<std::string, std::string>> above, below;  // "target:", a command
  std::vector<StackFrame> kernel, user;                           // innermost first
  bool has_kernel = false, has_user = false;
  uint64_t weight = 0;
};

class StacksShape : public Shape {
 public:
  StacksShape(Stage& stage, const Table& table) : stage_(stage), table_(table) {}

  Status open() override {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(table_.map));
    if (!map.spec().key || !map.spec().value) return base::fail(ErrorKind::kInvalid, "a table of stacks has a struct as its key");
    key_type_ = *map.spec().key;
    value_type_ = *map.spec().value;
    std::string stack_map;
    for (const spec::Map& each : stage_.spec().maps) {
      if (each.kind == "stacktrace" && stack_map.empty()) stack_map = each.name;
    }
    if (stack_map.empty()) return base::fail(ErrorKind::kInvalid, "the tool has no STACK_TRACES");
    names_.emplace(stage_, stack_map);
    return stage_.choices.flame_graph.empty() ? Status{} : base::check_output(stage_.choices.flame_graph);
  }

  void begin() override {
    if (stage_.choices.format == Format::kCsv) put_line("comm,pid,stack,value");
  }

  Status report(const Moment&) override {
    ASSIGN_OR_RETURN(std::vector<Stack> stacks, take_stacks());
    for (const Stack& stack : stacks) put(stack);
    if (!stage_.choices.flame_graph.empty()) all_.insert(all_.end(), stacks.begin(), stacks.end());
    return {};
  }

  // What has come is not taken out of the table, only looked at.
  bool work_ahead() override {
    if (Clock::now() >= next_look_) look_for_stacks();
    return names_->resolve_some(Clock::now() + kResolveFor);
  }

  Status end() override {
    if (stage_.choices.flame_graph.empty()) return {};
    std::vector<WeightedStack> weighted;
    for (const Stack& stack : all_) weighted.push_back({outermost_first(stack, true, false), stack.weight});
    return base::write_output(stage_.choices.flame_graph, flame_graph(weighted, {stage_.tool.name, unit()}));
  }

 private:
  const std::string& spelling(const spec::Field& field) const { return stage_.spec().types[field.type].spelling; }

  std::string unit() const {
    for (const ColumnField& column : columns_of(stage_.spec(), value_type_)) return column.style.title;
    return "samples";
  }

  void look_for_stacks() {
    next_look_ = Clock::now() + kLookEvery;
    Result<Map> map = stage_.session.map(table_.map);
    if (!map) return;
    Result<Map::Elements> elements = map->elements();
    for (size_t i = 0; elements && i < elements->count; ++i) {
      std::string_view key = std::string_view(elements->keys).substr(i * map->key_size(), map->key_size());
      Stack stack = owner_of(key);
      for_each_id(key, [&](bool kernel, int32_t id) { names_->expect(id, kernel ? kKernelStacks : stack.pid); });
    }
  }

  Result<std::vector<Stack>> take_stacks() {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(table_.map));
    ASSIGN_OR_RETURN(Map::Elements elements, map.take_elements());
    std::vector<Stack> stacks;
    for (size_t i = 0; i < elements.count; ++i) {
      std::string_view key = std::string_view(elements.keys).substr(i * map.key_size(), map.key_size());
      std::string_view value = std::string_view(elements.values).substr(i * map.value_bytes(), map.value_size());
      stacks.push_back(read(key, value));
    }
    std::stable_sort(stacks.begin(), stacks.end(), [](const Stack& a, const Stack& b) { return a.weight < b.weight; });
    return stacks;
  }

  Stack read(std::string_view key, std::string_view value) {
    Stack stack = owner_of(key);
    stack.weight = unsigned_at(value, 8);
    for_each_id(key, [&](bool kernel, int32_t id) {
      (kernel ? stack.has_kernel : stack.has_user) = id != kNotAsked;
      (kernel ? stack.kernel : stack.user) = names_->frames(id, kernel ? kKernelStacks : stack.pid);
    });
    return stack;
  }

  std::string_view bytes_of(const spec::Field& field, std::string_view key) const {
    return key.substr(field.offset_bits / 8, stage_.spec().types[field.type].size);
  }

  Stack owner_of(std::string_view key) const {
    Stack stack;
    for (const spec::Field& field : stage_.spec().types[key_type_].fields) {
      std::string_view bytes = bytes_of(field, key);
      std::string above = word_of(field, "above"), below = word_of(field, "below");
      if (!above.empty()) stack.above.emplace_back(above, text_in(bytes));
      else if (!below.empty()) stack.below.emplace_back(below, text_in(bytes));
      else if (field.name == "tid") stack.tid = static_cast<int>(unsigned_at(bytes, 4));
      else if (spelling(field) == "pid_t") stack.pid = static_cast<int>(unsigned_at(bytes, 4));
      else if (spelling(field) == "comm_t") stack.comm = text_in(bytes);
    }
    return stack;
  }

  // use(whether it is the kernel's, its ID) for each stack of a key.
  template <typename Use>
  void for_each_id(std::string_view key, Use use) const {
    for (const spec::Field& field : stage_.spec().types[key_type_].fields) {
      bool kernel = spelling(field) == kKernelStack;
      if (kernel || spelling(field) == kUserStack)
        use(kernel, static_cast<int32_t>(unsigned_at(bytes_of(field, key), 4)));
    }
  }

  // The first names are whose stack it is, or who caused it; the last ones whom it concerned.
  std::vector<std::string> outermost_first(const Stack& stack, bool annotated, bool delimited) const {
    std::vector<std::string> names;
    if (stack.below.empty()) names.push_back(stack.comm);
    for (const auto& [title, name] : stack.below) names.push_back(name);
    if (delimited && stack.has_user && stack.user.empty()) names.emplace_back("[unknown]");
    for (auto frame = stack.user.rbegin(); frame != stack.user.rend(); ++frame) names.push_back(frame->name);
    if (delimited && stage_.choices.on("delimited") && stack.has_kernel && stack.has_user) names.emplace_back("-");
    for (auto frame = stack.kernel.rbegin(); frame != stack.kernel.rend(); ++frame) names.push_back(frame->name + (annotated ? "_[k]" : ""));
    for (const auto& [title, name] : stack.above) names.push_back(name);
    return names;
  }

  void put(const Stack& stack) {
    if (stage_.choices.format == Format::kJson) return put_json(as_json(stack));
    if (stage_.choices.format == Format::kCsv) {
      std::string line = folded(outermost_first(stack, false, false));
      return put_csv(fmt::format("{},{},{},{}", csv_text(stack.comm), stack.pid, csv_text(line), stack.weight));
    }
    if (stage_.choices.folded) {
      return put_line(fmt::format(
          "{} {}", safe_text(folded(outermost_first(stack, stage_.choices.on("annotated"), true))), stack.weight));
    }
    put_text(stack);
  }

  static std::string folded(const std::vector<std::string>& names) {
    std::string line;
    for (const std::string& name : names) line += (line.empty() ? "" : ";") + name;
    return line;
  }

  void put_text(const Stack& stack) {
    for (const auto& [title, name] : stack.above) put_line(fmt::format("    {:<16} {}", title, safe_text(name)));
    for (const StackFrame& frame : stack.kernel) put_frame(frame);
    if (stack.has_kernel && stack.has_user && stage_.choices.on("delimited")) put_line("    --");
    for (const StackFrame& frame : stack.user) put_frame(frame);
    for (const auto& [title, name] : stack.below) put_line(fmt::format("    {:<16} {}", title, safe_text(name)));
    if (stack.below.empty())
      put_line(fmt::format("    {:<16} {} ({})", "-", safe_text(stack.comm), stack.tid.value_or(stack.pid)));
    put_line(fmt::format("        {}\n", stack.weight));
  }

  void put_frame(const StackFrame& frame) {
    bool with_address = frame.address && stage_.choices.on("addresses");
    put_line(with_address ? fmt::format("    {:<16x} {}", frame.address, safe_text(frame.name))
                          : "    " + safe_text(frame.name));
  }

  nlohmann::ordered_json as_json(const Stack& stack) const {
    nlohmann::ordered_json object;
    for (const spec::Field& field : stage_.spec().types[key_type_].fields) {
      if (spelling(field) == kKernelStack && stack.has_kernel) object[field.name] = names(stack.kernel);
      else if (spelling(field) == kUserStack && stack.has_user) object[field.name] = names(stack.user);
      else if (std::string title = word_of(field, "above"); !title.empty()) object[field.name] = name_of(stack.above, title);
      else if (title = word_of(field, "below"); !title.empty()) object[field.name] = name_of(stack.below, title);
      else if (field.name == "tid") object["tid"] = *stack.tid;
      else if (spelling(field) == "pid_t") object["pid"] = stack.pid;
      else if (spelling(field) == "comm_t") object["comm"] = stack.comm;
    }
    object["value"] = stack.weight;
    return object;
  }

  static std::vector<std::string> names(const std::vector<StackFrame>& frames) {
    std::vector<std::string> names;
    for (const StackFrame& frame : frames) names.push_back(frame.name);
    return names;
  }

  static std::string name_of(const std::vector<std::pair<std::string, std::string>>& named, const std::string& title) {
    auto found = std::find_if(named.begin(), named.end(), [&](const auto& each) { return each.first == title; });
    return found == named.end() ? "" : found->second;
  }

  Stage& stage_;
  const Table& table_;
  std::optional<StackNames> names_;
  Clock::time_point next_look_;
  spec::TypeId key_type_ = 0, value_type_ = 0;
  std::vector<Stack> all_;
};

}  // namespace

std::unique_ptr<Shape> make_stacks(Stage& stage, const Table& table) { return std::make_unique<StacksShape>(stage, table); }

}  // namespace sonde::frame
