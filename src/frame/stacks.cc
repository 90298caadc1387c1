// Stacks with weights: frames and who was there, folded lines, a flame graph.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/file.h"
#include "frame/columns.h"
#include "frame/flame_graph.h"
#include "frame/shape.h"
#include "frame/value_text.h"

namespace sonde::frame {
namespace {

constexpr const char* kKernelStack = "kernel_stack_t";
constexpr const char* kUserStack = "user_stack_t";

// One line of a table as a stack.
struct Stack {
  std::string comm;
  int pid = 0;
  std::vector<std::string> kernel, user;  // innermost first
  bool has_kernel = false, has_user = false;
  uint64_t weight = 0;
};

class StacksShape : public Shape {
 public:
  StacksShape(Stage& stage, const Table& table) : stage_(stage), table_(table) {}

  Status open() override {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(table_.map));
    if (!map.spec().key || !map.spec().value) return base::fail(ErrorKind::kInvalid, "a table of stacks has a struct as its key");
    for (const spec::Map& each : stage_.spec().maps) {
      if (each.kind == "stacktrace") stack_map_ = each.name;
    }
    if (stack_map_.empty()) return base::fail(ErrorKind::kInvalid, "the tool has no STACK_TRACES");
    return {};
  }

  Status report(const Moment&) override {
    ASSIGN_OR_RETURN(std::vector<Stack> stacks, take_stacks());
    for (const Stack& stack : stacks) put(stack);
    if (!stage_.choices.flame_graph.empty()) all_.insert(all_.end(), stacks.begin(), stacks.end());
    return {};
  }

  Status end() override {
    if (stage_.choices.flame_graph.empty()) return {};
    std::vector<WeightedStack> weighted;
    for (const Stack& stack : all_) weighted.push_back({outermost_first(stack), stack.weight});
    return base::write_file_atomically(stage_.choices.flame_graph, flame_graph(weighted, {stage_.tool.name, unit()}));
  }

 private:
  std::string unit() const {
    for (const ColumnField& column : columns_of(stage_.spec(), *value_type_)) return column.style.title;
    return "samples";
  }

  Result<std::vector<Stack>> take_stacks() {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(table_.map));
    ASSIGN_OR_RETURN(Map::Elements elements, map.take_elements());
    value_type_ = map.spec().value;
    ASSIGN_OR_RETURN(Map traces, stage_.session.map(stack_map_));
    std::vector<Stack> stacks;
    for (size_t i = 0; i < elements.count; ++i) {
      std::string_view key = std::string_view(elements.keys).substr(i * map.key_size(), map.key_size());
      std::string_view value = std::string_view(elements.values).substr(i * map.value_bytes(), map.value_size());
      stacks.push_back(read(*map.spec().key, key, value, traces));
    }
    std::stable_sort(stacks.begin(), stacks.end(), [](const Stack& a, const Stack& b) { return a.weight < b.weight; });
    return stacks;
  }

  Stack read(spec::TypeId key_type, std::string_view key, std::string_view value, const Map& traces) {
    Stack stack;
    stack.weight = unsigned_at(value, 8);
    const auto& types = stage_.spec().types;
    auto bytes = [&](const spec::Field& field) { return key.substr(field.offset_bits / 8, types[field.type].size); };
    for (const spec::Field& field : types[key_type].fields) {
      if (types[field.type].spelling == "pid_t") stack.pid = static_cast<int>(unsigned_at(bytes(field), 4));
      if (types[field.type].spelling == "comm_t") stack.comm = safe_text(bytes(field));
    }
    for (const spec::Field& field : types[key_type].fields) {
      const std::string& spelling = types[field.type].spelling;
      if (spelling != kKernelStack && spelling != kUserStack) continue;
      auto id = static_cast<int32_t>(unsigned_at(bytes(field), 4));
      bool kernel = spelling == kKernelStack;
      (kernel ? stack.has_kernel : stack.has_user) = id != kNotAsked;
      (kernel ? stack.kernel : stack.user) = frames(id, kernel ? 0 : stack.pid, kernel, traces);
    }
    return stack;
  }

  static constexpr int32_t kNotAsked = -1;   // what a tool writes where no stack is wanted
  static constexpr int32_t kNoStack = -14;   // EFAULT: a kernel thread has none in user space

  std::vector<std::string> frames(int32_t id, int pid, bool kernel, const Map& traces) {
    if (id == kNotAsked || id == kNoStack) return {};
    std::string stack(traces.value_size(), '\0');
    if (id < 0 || !traces.lookup(&id, stack.data())) return {kernel ? "[Missed Kernel Stack]" : "[Missed User Stack]"};
    std::vector<std::string> names;
    for (std::string_view rest = stack; rest.size() >= 8; rest.remove_prefix(8)) {
      uint64_t address = unsigned_at(rest, 8);
      if (address == 0) break;
      Symbol found = (kernel ? stage_.surroundings.kernel() : stage_.surroundings.process(pid)).resolve(address);
      names.push_back(found.name.empty() ? "[unknown]" : safe_text(found.name));
    }
    return names;
  }

  std::vector<std::string> outermost_first(const Stack& stack) const {
    std::vector<std::string> frames{stack.comm};
    frames.insert(frames.end(), stack.user.rbegin(), stack.user.rend());
    for (auto frame = stack.kernel.rbegin(); frame != stack.kernel.rend(); ++frame) frames.push_back(*frame + "_[k]");
    return frames;
  }

  void put(const Stack& stack) {
    if (stage_.choices.format == Format::kJson) return put_json(as_json(stack));
    if (stage_.choices.folded) return put_folded(stack);
    for (const std::string& frame : stack.kernel) put_line("    " + frame);
    if (stack.has_kernel && stack.has_user && stage_.choices.on("delimited")) put_line("    --");
    for (const std::string& frame : stack.user) put_line("    " + frame);
    put_line(fmt::format("    {:<16} {} ({})\n        {}\n", "-", stack.comm, stack.pid, stack.weight));
  }

  void put_folded(const Stack& stack) {
    std::string line = stack.comm;
    if (stack.has_user && stack.user.empty()) line += ";[unknown]";
    for (auto frame = stack.user.rbegin(); frame != stack.user.rend(); ++frame) line += ";" + *frame;
    if (stack.has_kernel && stack.has_user && stage_.choices.on("delimited")) line += ";-";
    for (auto frame = stack.kernel.rbegin(); frame != stack.kernel.rend(); ++frame) {
      line += ";" + *frame + (stage_.choices.on("annotated") ? "_[k]" : "");
    }
    put_line(fmt::format("{} {}", line, stack.weight));
  }

  nlohmann::ordered_json as_json(const Stack& stack) const {
    nlohmann::ordered_json object{{"comm", stack.comm}, {"pid", stack.pid}};
    if (stack.has_kernel) object["kernel"] = stack.kernel;
    if (stack.has_user) object["user"] = stack.user;
    object["value"] = stack.weight;
    return object;
  }

  Stage& stage_;
  const Table& table_;
  std::string stack_map_;
  std::optional<spec::TypeId> value_type_;
  std::vector<Stack> all_;
};

}  // namespace

std::unique_ptr<Shape> make_stacks(Stage& stage, const Table& table) { return std::make_unique<StacksShape>(stage, table); }

}  // namespace sonde::frame
