// Stacks with weights: frames and who was there, folded lines, a flame graph.
#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/output_file.h"
#include "tool/outputs/flame_graph.h"
#include "tool/text/value_text.h"
#include "tool/views/columns.h"
#include "tool/views/stack_names.h"
#include "tool/views/view.h"

namespace sonde::tool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kKernelStack = "kernel_stack_t";
constexpr std::string_view kUserStack = "user_stack_t";
constexpr int32_t kNotAsked = -1;                     // what a tool writes where no stack is wanted
constexpr std::chrono::milliseconds kLookEvery{500};  // for new stacks
constexpr std::chrono::milliseconds kResolveFor{20};  // at most, at one time: events wait meanwhile

// Of a key's field: the words of ABOVE and BELOW.
std::string word_of(const spec::Field& field, std::string_view kind) {
  for (const spec::Annotation& annotation : field.annotations) {
    if (annotation.kind == kind && !annotation.words.empty()) return annotation.words[0];
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

struct Style {
  const spec::Spec& spec;
  spec::TypeId key;
  const std::string& view;
  std::string unit;
  bool folded;     // text is a line each, for flame graphs
  bool annotated;  // frames of the kernel have a mark
  bool delimited;  // between the kernel's frames and the user's
  bool addresses;
};

std::string joined(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ";")); }

// The first names are whose stack it is, or who caused it; the last ones whom it concerned.
std::vector<std::string> outermost_first(const Stack& stack, bool annotated, bool placeholder, bool delimited) {
  std::vector<std::string> names;
  if (stack.below.empty()) names.push_back(stack.comm);
  for (const auto& [title, name] : stack.below) names.push_back(name);
  if (placeholder && stack.has_user && stack.user.empty()) names.emplace_back("[unknown]");
  for (auto frame = stack.user.rbegin(); frame != stack.user.rend(); ++frame) names.push_back(frame->name);
  if (delimited && stack.has_kernel && stack.has_user) names.emplace_back("-");
  for (auto frame = stack.kernel.rbegin(); frame != stack.kernel.rend(); ++frame) {
    names.push_back(frame->name + (annotated ? "_[k]" : ""));
  }
  for (const auto& [title, name] : stack.above) names.push_back(name);
  return names;
}

class StackRecord : public Record {
 public:
  StackRecord(const Style& style, const Stack& stack) : style_(style), stack_(stack) {}

  std::string text() const override {
    if (style_.folded) {
      std::string names = joined(outermost_first(stack_, style_.annotated, true, style_.delimited));
      return fmt::format("{} {}", safe_text(names), stack_.weight);
    }
    std::string text;
    auto add = [&](const std::string& line) { text += line + "\n"; };
    for (const auto& [title, name] : stack_.above) add(fmt::format("    {:<16} {}", title, safe_text(name)));
    for (const StackFrame& frame : stack_.kernel) add(frame_text(frame));
    if (stack_.has_kernel && stack_.has_user && style_.delimited) add("    --");
    for (const StackFrame& frame : stack_.user) add(frame_text(frame));
    for (const auto& [title, name] : stack_.below) add(fmt::format("    {:<16} {}", title, safe_text(name)));
    if (stack_.below.empty()) {
      add(fmt::format("    {:<16} {} ({})", "-", safe_text(stack_.comm), stack_.tid.value_or(stack_.pid)));
    }
    return text + fmt::format("        {}\n", stack_.weight);
  }

  nlohmann::ordered_json json() const override {
    nlohmann::ordered_json object;
    for (const spec::Field& field : style_.spec.types[style_.key].fields) {
      const std::string& spelling = style_.spec.types[field.type].spelling;
      if (spelling == kKernelStack && stack_.has_kernel) object[field.name] = names(stack_.kernel);
      else if (spelling == kUserStack && stack_.has_user) object[field.name] = names(stack_.user);
      else if (std::string title = word_of(field, "above"); !title.empty())
        object[field.name] = name_of(stack_.above, title);
      else if (title = word_of(field, "below"); !title.empty()) object[field.name] = name_of(stack_.below, title);
      else if (field.name == "tid") object["tid"] = *stack_.tid;
      else if (spelling == "pid_t") object["pid"] = stack_.pid;
      else if (spelling == "comm_t") object["comm"] = stack_.comm;
    }
    object["value"] = stack_.weight;
    return object;
  }

  std::vector<Cells> rows() const override {
    std::string names = joined(outermost_first(stack_, false, false, false));
    return {{stack_.comm, std::to_string(stack_.pid), names, std::to_string(stack_.weight)}};
  }

  // By process alone: stacks are too many to be labels.
  std::vector<Measure> measures() const override {
    bool in_us = style_.unit == "us";
    Measure measure{
        .name = style_.view, .unit = in_us ? "seconds" : "", .help = fmt::format("Column {}.", style_.unit)};
    measure.labels = {{"comm", stack_.comm}};
    measure.value = static_cast<double>(stack_.weight) * (in_us ? 1e-6 : 1);
    return {std::move(measure)};
  }

 private:
  std::string frame_text(const StackFrame& frame) const {
    bool with_address = frame.address && style_.addresses;
    return with_address ? fmt::format("    {:<16x} {}", frame.address, safe_text(frame.name))
                        : "    " + safe_text(frame.name);
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

  const Style& style_;
  const Stack& stack_;
};

class StacksView : public View {
 public:
  StacksView(RunContext& context, const Table& table) : context_(context), table_(table) {}

  Status open() override {
    ASSIGN_OR_RETURN(const spec::Map* map, context_.source.map(table_.map));
    if (!map->key || !map->value) return base::fail(ErrorKind::kInvalid, "a table of stacks has a struct as its key");
    key_type_ = *map->key;
    const Settings& settings = context_.settings;
    style_.emplace(Style{context_.spec(), key_type_, table_.map, unit_of(*map->value), settings.folded,
                         settings.on("annotated"), settings.on("delimited"), settings.on("addresses")});
    std::string stack_map;
    for (const spec::Map& each : context_.spec().maps) {
      if (each.kind == "stacktrace" && stack_map.empty()) stack_map = each.name;
    }
    if (stack_map.empty()) return base::fail(ErrorKind::kInvalid, "the tool has no STACK_TRACES");
    names_.emplace(context_, stack_map);
    return context_.settings.flame_graph.empty() ? Status{} : base::check_output(context_.settings.flame_graph);
  }

  void begin() override { context_.sink.begin({"comm", "pid", "stack", "value"}); }

  Status report(const Report&) override {
    ASSIGN_OR_RETURN(std::vector<Stack> stacks, take_stacks());
    for (const Stack& stack : stacks) context_.sink.put(StackRecord(*style_, stack));
    if (!context_.settings.flame_graph.empty()) all_.insert(all_.end(), stacks.begin(), stacks.end());
    return {};
  }

  // What has come is not taken out of the table, only looked at.
  bool work_ahead() override {
    if (Clock::now() >= next_look_) look_for_stacks();
    return names_->resolve_some(Clock::now() + kResolveFor);
  }

  Status end() override {
    if (context_.settings.flame_graph.empty()) return {};
    std::vector<WeightedStack> weighted;
    for (const Stack& stack : all_) weighted.push_back({outermost_first(stack, true, false, false), stack.weight});
    return base::write_output(context_.settings.flame_graph, flame_graph(weighted, {context_.tool.name, style_->unit}));
  }

 private:
  const std::string& spelling(const spec::Field& field) const { return context_.spec().types[field.type].spelling; }

  std::string unit_of(spec::TypeId value) const {
    for (const ColumnField& column : columns_of(context_.spec(), value)) return column.style.title;
    return "samples";
  }

  void look_for_stacks() {
    next_look_ = Clock::now() + kLookEvery;
    Result<Elements> elements = context_.source.elements(table_.map);
    for (size_t i = 0; elements && i < elements->count; ++i) {
      std::string_view key = elements->key(i);
      Stack stack = owner_of(key);
      for_each_id(key, [&](bool kernel, int32_t id) { names_->expect(id, kernel ? kKernelStacks : stack.pid); });
    }
  }

  Result<std::vector<Stack>> take_stacks() {
    ASSIGN_OR_RETURN(Elements elements, context_.source.take_elements(table_.map));
    std::vector<Stack> stacks;
    for (size_t i = 0; i < elements.count; ++i) stacks.push_back(read(elements.key(i), elements.value(i)));
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
    return key.substr(field.offset_bits / 8, context_.spec().types[field.type].size);
  }

  Stack owner_of(std::string_view key) const {
    Stack stack;
    for (const spec::Field& field : context_.spec().types[key_type_].fields) {
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
    for (const spec::Field& field : context_.spec().types[key_type_].fields) {
      bool kernel = spelling(field) == kKernelStack;
      if (kernel || spelling(field) == kUserStack)
        use(kernel, static_cast<int32_t>(unsigned_at(bytes_of(field, key), 4)));
    }
  }

  RunContext& context_;
  const Table& table_;
  std::optional<StackNames> names_;
  Clock::time_point next_look_;
  spec::TypeId key_type_ = 0;
  std::optional<Style> style_;
  std::vector<Stack> all_;
};

}  // namespace

std::unique_ptr<View> make_stacks(RunContext& context, const Table& table) {
  return std::make_unique<StacksView>(context, table);
}

}  // namespace sonde::tool
