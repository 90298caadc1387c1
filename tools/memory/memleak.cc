// memleak's reports: what is allocated and not freed, by stack, the largest last.
#include <linux/bpf.h>

#include <algorithm>
#include <ctime>
#include <map>

#include <fmt/format.h>

#include "frame/json_line.h"
#include "frame/own_shape.h"
#include "frame/stack_lines.h"
#include "frame/stack_names.h"
#include "frame/value_text.h"

namespace sonde::frame {
namespace {

using nlohmann::ordered_json;

// struct allocation and struct total of memleak.c.
constexpr size_t kBytesAt = 0, kSinceAt = 8, kStackAt = 16, kAllocationsAt = 8;

uint64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

struct Held {
  int32_t stack = 0;
  uint64_t bytes = 0, allocations = 0;
  std::vector<std::pair<uint64_t, uint64_t>> each;  // address, bytes
};

class MemleakShape : public Shape {
 public:
  explicit MemleakShape(Stage& stage) : stage_(stage) {}

  Status report(const Moment&) override {
    ASSIGN_OR_RETURN(std::vector<Held> held, stage_.choices.on("combined_only") ? from_totals() : from_allocations());
    bool by_count = stage_.choices.number("sort") == 1;
    auto rank = [&](const Held& one) { return by_count ? std::pair(one.allocations, one.bytes) : std::pair(one.bytes, one.allocations); };
    std::sort(held.begin(), held.end(), [&](const Held& a, const Held& b) { return rank(a) < rank(b); });
    size_t top = stage_.choices.number("top");
    if (held.size() > top) held.erase(held.begin(), held.end() - static_cast<std::ptrdiff_t>(top));
    time_ = stage_.surroundings.now_iso();
    if (stage_.choices.format == Format::kCsv) put_line("bytes,allocations,stack");
    for (Held& one : held) RETURN_IF_ERROR(put(one));
    return {};
  }

 private:
  Result<std::vector<Held>> from_allocations() {
    ASSIGN_OR_RETURN(Map map, stage_.session.map(stage_.choices.filter.pid ? "in_process" : "in_kernel"));
    ASSIGN_OR_RETURN(Map::Elements elements, map.elements());
    uint64_t now = monotonic_ns(), older = stage_.choices.number("older_ms") * 1'000'000;
    uint64_t newest = now > older ? now - older : 0;
    std::map<int32_t, Held> by_stack;
    for (size_t i = 0; i < elements.count; ++i) {
      std::string_view value = std::string_view(elements.values).substr(i * map.value_bytes(), map.value_size());
      if (unsigned_at(value.substr(kSinceAt), 8) > newest) continue;
      uint64_t address = unsigned_at(std::string_view(elements.keys).substr(i * map.key_size()), 8);
      uint64_t bytes = unsigned_at(value.substr(kBytesAt), 8);
      Held& held = by_stack[static_cast<int32_t>(unsigned_at(value.substr(kStackAt), 4))];
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
    ASSIGN_OR_RETURN(Map map, stage_.session.map("totals"));
    ASSIGN_OR_RETURN(Map::Elements elements, map.elements());
    std::vector<Held> list;
    for (size_t i = 0; i < elements.count; ++i) {
      std::string_view value = std::string_view(elements.values).substr(i * map.value_bytes(), map.value_size());
      Held held{.stack = static_cast<int32_t>(unsigned_at(std::string_view(elements.keys).substr(i * map.key_size()), 4)),
                .bytes = unsigned_at(value.substr(kBytesAt), 8),
                .allocations = unsigned_at(value.substr(kAllocationsAt), 8)};
      // What was freed by one CPU while another one allocated may be ahead of it for a moment.
      if (static_cast<int64_t>(held.allocations) > 0) list.push_back(std::move(held));
    }
    return list;
  }

  std::vector<StackFrame> frames(int32_t id) {
    std::optional<std::string> bytes = read_stack(stage_.session, "stacks", id);
    if (!bytes) return {};
    auto pid = static_cast<int>(stage_.choices.filter.pid);
    return stack_frames(*bytes, pid ? stage_.surroundings.process(pid) : stage_.surroundings.kernel());
  }

  Status put(Held& held) {
    std::sort(held.each.begin(), held.each.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    std::vector<StackFrame> stack = frames(held.stack);
    switch (stage_.choices.format) {
      case Format::kText: put_text(held, stack); break;
      case Format::kJson: put_json(as_json(held, stack)); break;
      case Format::kCsv: put_csv(held, stack); break;
    }
    return {};
  }

  void put_text(const Held& held, const std::vector<StackFrame>& stack) {
    if (stage_.choices.on("show_allocs")) {
      for (const auto& [address, bytes] : held.each) put_line(fmt::format("\taddr = {:x} size = {}", address, bytes));
    }
    put_line(fmt::format("\t{} bytes in {} allocations from stack", held.bytes, held.allocations));
    if (stack.empty()) put_line("\t\tstack information lost");
    for (const StackFrame& frame : stack) {
      bool with_address = !stage_.choices.on("combined_only");
      put_line(with_address ? fmt::format("\t\t{:#018x}\t{}", frame.address, safe_text(frame.name)) : "\t\t" + safe_text(frame.name));
    }
  }

  ordered_json as_json(const Held& held, const std::vector<StackFrame>& stack) const {
    ordered_json object{{"time", time_}, {"bytes", held.bytes}, {"allocations", held.allocations}};
    object["stack"] = ordered_json::array();
    for (const StackFrame& frame : stack) object["stack"].push_back(frame.name);
    if (!stage_.choices.on("show_allocs")) return object;
    object["each"] = ordered_json::array();
    for (const auto& [address, bytes] : held.each) object["each"].push_back({{"address", fmt::format("{:x}", address)}, {"bytes", bytes}});
    return object;
  }

  void put_csv(const Held& held, const std::vector<StackFrame>& stack) {
    std::string names;
    for (const StackFrame& frame : stack) names += (names.empty() ? "" : ";") + frame.name;
    frame::put_csv(fmt::format("{},{},{}", held.bytes, held.allocations, csv_text(names)));
  }

  Stage& stage_;
  std::string time_;  // of the report
};

ordered_json schema() {
  ordered_json integer = {{"type", "integer"}}, string = {{"type", "string"}};
  ordered_json one = {{"type", "object"}, {"properties", {{"address", string}, {"bytes", integer}}}, {"required", {"address", "bytes"}}};
  ordered_json properties = {{"time", string},
                             {"bytes", integer},
                             {"allocations", integer},
                             {"each", {{"type", "array"}, {"items", one}}}};
  add_text_property(properties, "stack", /*is_list=*/true);
  return {{"type", "object"}, {"properties", properties}, {"required", {"time", "bytes", "allocations", "stack"}}};
}

}  // namespace

const OwnShape& memleak_shape() {
  static const OwnShape kShape{[](Stage& stage) -> std::unique_ptr<Shape> { return std::make_unique<MemleakShape>(stage); }, schema};
  return kShape;
}

}  // namespace sonde::frame
