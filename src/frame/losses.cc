// What a tool did not see.
#include "frame/losses.h"

#include <linux/bpf.h>

#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "frame/value_text.h"

namespace sonde::frame {
namespace {

// `name`: a counter of tools/tool_text.h.
uint64_t sum_of_cpus(Stage& stage, const char* name) {
  Result<Map> map = stage.session.map(name);
  if (!map) return 0;
  uint32_t zero = 0;
  std::string value(map->value_bytes(), '\0');
  if (!map->lookup(&zero, value.data())) return 0;
  uint64_t sum = 0;
  for (size_t at = 0; at + 8 <= value.size(); at += 8) sum += unsigned_at(std::string_view(value).substr(at), 8);
  return sum;
}

void tell(Stage& stage, uint64_t count, const char* what, const std::string& hint) {
  if (count == 0) return;
  if (stage.choices.format == Format::kJson) put_json({{"lost", {{"what", what}, {"count", count}}}});
  std::fprintf(stderr, "%s: warning: %llu %s%s%s\n", stage.tool.name.c_str(), static_cast<unsigned long long>(count),
               what, hint.empty() ? "" : "; ", hint.c_str());
}

// The option for how many are kept, where the tool has one.
std::string hint_of_stacks(Stage& stage) {
  for (const ToolOption& option : stage.tool.options) {
    if (option.sized_map.empty()) continue;
    Result<Map> map = stage.session.map(option.sized_map);
    if (map && map->type() == BPF_MAP_TYPE_STACK_TRACE)
      return fmt::format("a larger --{} keeps more", option.long_name);
  }
  return "";
}

}  // namespace

void tell_losses(Stage& stage, uint64_t missed_calls) {
  uint64_t events = 0, entries = 0, stacks = 0;
  for (const std::string& name : stage.session.map_names()) {
    Result<Map> map = stage.session.map(name);
    if (!map) continue;
    bool is_buffer = map->type() == BPF_MAP_TYPE_RINGBUF || map->type() == BPF_MAP_TYPE_PERF_EVENT_ARRAY;
    (is_buffer ? events : map->type() == BPF_MAP_TYPE_STACK_TRACE ? stacks : entries) += map->lost();
  }
  tell(stage, events, "events were lost", "they came faster than they were read");
  tell(stage, entries, "entries found no room in a full map", "");
  tell(stage, stacks, "stacks could not be kept", hint_of_stacks(stage));
  tell(stage, missed_calls, "returns of functions were missed", "too many calls were under way at once");
  tell(stage, sum_of_cpus(stage, "sonde_unread"), "strings could not be read", "");
  tell(stage, sum_of_cpus(stage, "sonde_cut"), "strings were longer than can be shown", "");
}

}  // namespace sonde::frame
