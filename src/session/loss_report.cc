// What a map of stacks or a ring buffer could not take, and how large a map of stacks should have been.
#include "session/loss_report.h"

#include <fmt/format.h>
#include <linux/bpf.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <vector>

#include "bpf/maps/map_element.h"
#include "kernel/cpus.h"

namespace sonde::session {
namespace {

constexpr uint32_t kMaxEntries = 1u << 20;  // a gigabyte

uint32_t places_taken(const bpf::MapInfo& map) {
  uint32_t taken = 0, key = 0;
  for (bool first = true; taken < map.max_entries; first = false) {
    if (bpf::next_key(map.fd, first ? nullptr : &key, &key) != 0) break;
    taken++;
  }
  return taken;
}

}  // namespace

Lost lost_in(const bpf::MapInfo& map) {
  if (map.lost_fd < 0) return {};
  uint32_t zero = 0;
  std::vector<Lost> of_cpus(kernel::possible_cpus());
  if (bpf::look_up(map.lost_fd, &zero, of_cpus.data()) != 0) return {};
  Lost sum;
  for (const Lost& each : of_cpus) sum.collisions += each.collisions, sum.full += each.full;
  return sum;
}

// n stacks thrown into m places at random leave m * exp(-n / m) of them empty, which gives n; of n stacks, n / 2m
// share.
std::string roomier_hint(const bpf::MapInfo& map) {
  double places = map.max_entries;
  uint32_t taken = places_taken(map);
  double empty = std::max(places - taken, 0.5);
  double stacks = places * std::log(places / empty);
  double wanted = std::max(16 * stacks, 2 * places);
  uint32_t entries = wanted >= kMaxEntries ? kMaxEntries : std::bit_ceil(static_cast<uint32_t>(std::ceil(wanted)));
  std::string found = fmt::format("{} of its {} places are taken", taken, map.max_entries);
  if (entries <= map.max_entries) return found;
  return fmt::format("{}: {} entries would keep nearly all", found, entries);
}

void say_lost_events(const std::string& buffer, uint64_t count) {
  std::fprintf(stderr, "%s: lost %llu events\n", buffer.c_str(), static_cast<unsigned long long>(count));
}

std::string lost_stacks_text(const bpf::MapInfo& map, const Lost& lost) {
  return fmt::format("{}: lost {} stacks ({} collisions, {} found the map full); {}", map.name, lost.total(),
                     lost.collisions, lost.full, roomier_hint(map));
}

void say_lost(const bpf::MapInfo& map, uint64_t told) {
  Lost lost = lost_in(map);
  if (lost.total() <= told) return;
  if (map.type == BPF_MAP_TYPE_RINGBUF) return say_lost_events(map.name, lost.total() - told);
  std::fprintf(stderr, "%s\n", lost_stacks_text(map, lost).c_str());
}

}  // namespace sonde::session
