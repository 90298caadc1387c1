// memleak's reports: what is allocated and not freed, by stack, the largest last.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "tool/formats/json_line.h"
#include "tool/formats/members.h"
#include "tool/formats/stack_lines.h"
#include "tool/text/value_text.h"
#include "tool/views/custom_view.h"
#include "tool/views/stack_names.h"

namespace sonde::tools {
namespace {

using namespace tool;

using nlohmann::ordered_json;

struct Held {
  int32_t stack = 0;
  uint64_t bytes = 0, allocations = 0;
  std::vector<std::pair<uint64_t, uint64_t>> each;  // address, bytes
};

class LeakRecord : public Record {
 public:
  LeakRecord(const Held& held, const std::vector<StackFrame>& stack, const Settings& settings, const std::string& time)
      : held_(held), stack_(stack), settings_(settings), time_(time) {}

  std::string text() const override {
    std::string text;
    if (settings_.on("show_allocs")) {
      for (const auto& [address, bytes] : held_.each) text += fmt::format("\taddr = {:x} size = {}\n", address, bytes);
    }
    text += fmt::format("\t{} bytes in {} allocations from stack", held_.bytes, held_.allocations);
    if (stack_.empty()) text += "\n\t\tstack information lost";
    bool with_address = !settings_.on("combined_only");
    for (const StackFrame& frame : stack_) {
      std::string name = safe_text(frame.name);
      text += with_address ? fmt::format("\n\t\t{:#018x}\t{}", frame.address, name) : "\n\t\t" + name;
    }
    return text;
  }

  ordered_json json() const override {
    ordered_json object{{"time", time_}, {"bytes", held_.bytes}, {"allocations", held_.allocations}};
    object["stack"] = ordered_json::array();
    for (const StackFrame& frame : stack_) object["stack"].push_back(frame.name);
    if (!settings_.on("show_allocs")) return object;
    object["each"] = ordered_json::array();
    for (const auto& [address, bytes] : held_.each) {
      object["each"].push_back({{"address", fmt::format("{:x}", address)}, {"bytes", bytes}});
    }
    return object;
  }

  std::vector<Cells> rows() const override {
    return {{std::to_string(held_.bytes), std::to_string(held_.allocations), folded()}};
  }

  std::vector<Measure> measures() const override {
    Measure held{.kind = Measure::Kind::kNow, .name = "held", .unit = "bytes", .help = "Allocated and not freed."};
    held.labels = {{"stack", folded()}};
    held.value = static_cast<double>(held_.bytes);
    Measure allocations = held;
    allocations.name = "allocations", allocations.unit = "", allocations.value = static_cast<double>(held_.allocations);
    return {held, allocations};
  }

 private:
  std::string folded() const {
    std::string names;
    for (const StackFrame& frame : stack_) names += (names.empty() ? "" : ";") + frame.name;
    return names;
  }

  const Held& held_;
  const std::vector<StackFrame>& stack_;
  const Settings& settings_;
  const std::string& time_;  // of the report
};

class MemleakView : public View {
 public:
  explicit MemleakView(RunContext& context) : context_(context) {}

  void begin() override { context_.sink.begin({"bytes", "allocations", "stack"}); }

  Status report(const Report&) override {
    ASSIGN_OR_RETURN(std::vector<Held> held,
                     context_.settings.on("combined_only") ? from_totals() : from_allocations());
    bool by_count = context_.settings.number("sort") == 1;
    auto rank = [&](const Held& one) {
      return by_count ? std::pair(one.allocations, one.bytes) : std::pair(one.bytes, one.allocations);
    };
    std::sort(held.begin(), held.end(), [&](const Held& a, const Held& b) { return rank(a) < rank(b); });
    size_t top = context_.settings.number("top");
    if (held.size() > top) held.erase(held.begin(), held.end() - static_cast<std::ptrdiff_t>(top));
    std::string time = context_.formats.now_iso();
    for (Held& one : held) {
      std::sort(one.each.begin(), one.each.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
      context_.sink.put(LeakRecord(one, frames(one.stack), context_.settings, time));
    }
    return {};
  }

 private:
  Result<spec::TypeId> value_type_of(const std::string& name) {
    ASSIGN_OR_RETURN(const spec::Map* map, context_.source.map(name));
    if (!map->value) return base::fail(ErrorKind::kInvalid, fmt::format("the spec does not say what {} holds", name));
    return *map->value;
  }

  Result<std::vector<Held>> from_allocations() {
    std::string map = context_.settings.filter.pid ? "in_process" : "in_kernel";
    ASSIGN_OR_RETURN(spec::TypeId allocation, value_type_of(map));
    ASSIGN_OR_RETURN(Elements elements, context_.source.elements(map));
    uint64_t now = context_.formats.monotonic_ns(), older = context_.settings.number("older_ms") * 1'000'000;
    uint64_t newest = now > older ? now - older : 0;
    std::map<int32_t, Held> by_stack;
    for (size_t i = 0; i < elements.count; ++i) {
      Members value(context_.spec(), allocation, elements.value(i));
      if (value.number("since") > newest) continue;
      uint64_t address = unsigned_at(elements.key(i), 8);
      uint64_t bytes = value.number("bytes");
      Held& held = by_stack[static_cast<int32_t>(value.number("stack"))];
      held.bytes += bytes;
      ++held.allocations;
      held.each.emplace_back(address, bytes);
    }
    std::vector<Held> list;
    for (auto& [stack, held] : by_stack) {
      held.stack = stack;
      list.push_back(std::move(held));
    }
    return list;
  }

  Result<std::vector<Held>> from_totals() {
    ASSIGN_OR_RETURN(spec::TypeId total, value_type_of("totals"));
    ASSIGN_OR_RETURN(Elements elements, context_.source.elements("totals"));
    std::vector<Held> list;
    for (size_t i = 0; i < elements.count; ++i) {
      Members value(context_.spec(), total, elements.value(i));
      Held held{.stack = static_cast<int32_t>(unsigned_at(elements.key(i), 4)),
                .bytes = value.number("bytes"),
                .allocations = value.number("allocations")};
      // What was freed by one CPU while another one allocated may be ahead of it for a report.
      if (static_cast<int64_t>(held.allocations) > 0) list.push_back(std::move(held));
    }
    return list;
  }

  std::vector<StackFrame> frames(int32_t id) {
    std::optional<std::string> bytes = read_stack(context_.source, "stacks", id);
    if (!bytes) return {};
    auto pid = static_cast<int>(context_.settings.filter.pid);
    return stack_frames(*bytes, context_.formats, pid ? pid : kKernelStacks);
  }

  RunContext& context_;
};

ordered_json schema() {
  ordered_json integer = {{"type", "integer"}}, string = {{"type", "string"}};
  ordered_json one = {{"type", "object"},
                      {"properties", {{"address", string}, {"bytes", integer}}},
                      {"required", {"address", "bytes"}}};
  ordered_json properties = {
      {"time", string}, {"bytes", integer}, {"allocations", integer}, {"each", {{"type", "array"}, {"items", one}}}};
  add_text_property(properties, "stack", /*is_list=*/true);
  return {{"type", "object"}, {"properties", properties}, {"required", {"time", "bytes", "allocations", "stack"}}};
}

}  // namespace

const CustomView& memleak_view() {
  static const CustomView kView{
      [](RunContext& context) -> std::unique_ptr<View> { return std::make_unique<MemleakView>(context); }, schema};
  return kView;
}

}  // namespace sonde::tools
