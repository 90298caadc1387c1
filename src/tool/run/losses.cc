#include "tool/run/losses.h"

#include <linux/bpf.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace sonde::tool {

namespace {

enum class Place { kBuffers, kMaps, kStacks, kCounter, kCalls };

}  // namespace

struct Losses::Kind {
  static const Kind kAll[];

  Place place;
  const char* what;
  const char* hint = "";
  const char* counter = "";  // a map of tools/tool_text.h
};

namespace {

Place place_of(const spec::Map& map) {
  bool is_buffer = map.type == BPF_MAP_TYPE_RINGBUF || map.type == BPF_MAP_TYPE_PERF_EVENT_ARRAY;
  return is_buffer ? Place::kBuffers : map.type == BPF_MAP_TYPE_STACK_TRACE ? Place::kStacks : Place::kMaps;
}

}  // namespace

const Losses::Kind Losses::Kind::kAll[] = {
    {Place::kBuffers, "events were lost", "they came faster than they were read"},
    {Place::kMaps, "entries found no room in a full map"},
    {Place::kStacks, "stacks could not be kept"},
    {Place::kCalls, "calls of functions were missed", "too many were under way at once"},
    {Place::kCounter, "strings could not be read", "", "sonde_unread"},
    {Place::kCounter, "strings were longer than can be shown", "", "sonde_cut"},
};

uint64_t Losses::count(const Kind& kind) const {
  if (kind.place == Place::kCounter) return sum_of_cpus(context_->source, kind.counter);
  uint64_t sum = 0;
  for (const spec::Map& map : context_->spec().maps) {
    if (place_of(map) == kind.place) sum += context_->source.lost(map.name);
  }
  return sum;
}

// The option for how many stacks are kept, where the tool has one.
std::string Losses::hint(const Kind& kind) const {
  if (kind.place != Place::kStacks) return kind.hint;
  for (const ToolOption& option : context_->tool.options) {
    if (option.sized_map.empty()) continue;
    Result<const spec::Map*> map = context_->source.map(option.sized_map);
    if (map && place_of(**map) == Place::kStacks) return fmt::format("a larger --{} keeps more", option.long_name);
  }
  return "";
}

void Losses::tell(const Kind& kind, uint64_t count) {
  uint64_t& told = told_[kind.what];
  if (count > told) context_->sink.lost(kind.what, count - told);
  told = std::max(told, count);
}

void Losses::update() {
  for (const Kind& kind : Kind::kAll) tell(kind, count(kind));
}

void Losses::end(uint64_t missed_calls) {
  for (const Kind& kind : Kind::kAll) {
    uint64_t total = kind.place == Place::kCalls ? missed_calls : count(kind);
    tell(kind, total);
    if (total == 0) continue;
    std::string more = hint(kind);
    std::fprintf(stderr, "%s: warning: %llu %s%s%s\n", context_->tool.name.c_str(),
                 static_cast<unsigned long long>(total), kind.what, more.empty() ? "" : "; ", more.c_str());
  }
}

}  // namespace sonde::tool
