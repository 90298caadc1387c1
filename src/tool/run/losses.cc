#include "tool/run/losses.h"

#include <linux/bpf.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "tool/text/value_text.h"

namespace sonde::tool {

namespace {

enum class Place { kBuffers, kMaps, kStacks, kCounter, kCalls };

}  // namespace

struct Losses::Kind {
  static const Kind kAll[];

  Place place;
  const char* what;
  const char* what_of = "";  // {}: a map
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
    {Place::kBuffers, "events were lost", "events of {} were lost", "they came faster than they were read"},
    {Place::kMaps, "entries found no room in a full map", "entries of {} found no room, the map is full"},
    {Place::kStacks, "stacks could not be kept", "stacks of {} could not be kept"},
    {Place::kCalls, "calls of functions were missed", "", "too many were under way at once"},
    {Place::kCounter, "strings could not be read", "", "", "sonde_unread"},
    {Place::kCounter, "strings were longer than can be shown", "", "", "sonde_cut"},
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

// Of a program, each map by its name: its author knows them.
std::vector<Losses::Loss> Losses::losses(const Kind& kind) const {
  if (!context_->tool.is_program || kind.place == Place::kCounter) return {{kind.what, count(kind), hint(kind), ""}};
  std::vector<Loss> losses;
  for (const spec::Map& map : context_->spec().maps) {
    if (place_of(map) != kind.place) continue;
    uint64_t count = context_->source.lost(map.name);
    if (count == 0) continue;
    losses.push_back({fmt::format(fmt::runtime(kind.what_of), safe_text(map.name)), count, kind.hint, map.name});
  }
  return losses;
}

void Losses::tell(const Loss& loss) {
  uint64_t& told = told_[loss.what];
  if (loss.count > told) context_->sink.lost(loss.what, loss.count - told);
  told = std::max(told, loss.count);
}

void Losses::update() {
  for (const Kind& kind : Kind::kAll) {
    for (const Loss& loss : losses(kind)) tell(loss);
  }
}

void Losses::end(uint64_t missed_calls) {
  for (const Kind& kind : Kind::kAll) {
    bool is_calls = kind.place == Place::kCalls;
    for (const Loss& loss : is_calls ? std::vector<Loss>{{kind.what, missed_calls, kind.hint, ""}} : losses(kind)) {
      tell(loss);
      if (loss.count) warn(loss);
    }
  }
}

void Losses::warn(const Loss& loss) const {
  std::string text = loss.map.empty() ? "" : context_->source.lost_text(loss.map);
  if (text.empty()) {
    text = fmt::format("{}: warning: {} {}", context_->tool.spoken_name(), loss.count, loss.what);
    text += loss.hint.empty() ? "" : "; " + loss.hint;
  }
  std::fprintf(stderr, "%s\n", text.c_str());
}

}  // namespace sonde::tool
