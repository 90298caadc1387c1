// Elements of maps, byte for byte, and the kernel's answers in words.
#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <cerrno>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "kernel/cpus.h"
#include "session/state/loaded_test.h"

namespace sonde::session {
namespace {

using bpf::make_watched_calls;
using bpf::test_program;

const std::string kMaps = R"(
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8);
         __type(key, u64); __type(value, u32); } table SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1);
         __type(key, u32); __type(value, u32); } per_cpu SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 4); __uint(value_size, 4); } queue SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __type(key, u32); __type(value, u32); } events SEC(".maps");
u64 global = 7;
SEC("sonde/hit") int hit(struct sys_enter *ctx) {
  u32 slot = 0, *value = bpf_map_lookup_elem(&per_cpu, &slot);
  if (value && WATCHED(ctx)) *value += 1, global += 1;
  return 0;
})";

TEST(Map, ElementsComeAndGo) {
  auto session = load_test(kMaps, {test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  auto table = session->map("table");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->type(), uint32_t{BPF_MAP_TYPE_HASH});
  EXPECT_EQ(table->key_size(), 8u);
  EXPECT_EQ(table->value_bytes(), 4u);
  uint64_t key = 5, next = 0;
  uint32_t value = 50, found = 0;
  EXPECT_EQ(table->lookup(&key, &found).error().kind, ErrorKind::kNotFound);
  for (key = 1; key <= 8; key++) ASSERT_TRUE(table->update(&key, &value));
  Status full = table->update(&key, &value);
  EXPECT_EQ(full.error().code, E2BIG);
  EXPECT_EQ(full.error().what, "map table: cannot update an element: Argument list too long");
  EXPECT_NE(full.error().hint.find("full"), std::string::npos);
  std::set<uint64_t> keys;
  for (auto more = table->next_key(nullptr, &next); more; more = table->next_key(&next, &next)) keys.insert(next);
  EXPECT_EQ(keys.size(), 8u);
  key = 3;
  ASSERT_TRUE(table->lookup(&key, &found));
  EXPECT_EQ(found, 50u);
  ASSERT_TRUE(table->remove(&key));
  EXPECT_EQ(table->remove(&key).error().code, ENOENT);
}

TEST(Map, QueuesGiveBackInOrder) {
  auto session = load_test(kMaps, {test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  auto queue = session->map("queue");
  for (uint32_t value : {11, 12}) ASSERT_TRUE(queue->update(nullptr, &value));
  uint32_t value = 0;
  ASSERT_TRUE(queue->lookup_and_delete(nullptr, &value));
  EXPECT_EQ(value, 11u);
  ASSERT_TRUE(queue->lookup(nullptr, &value));
  EXPECT_EQ(value, 12u);
}

TEST(Map, PerCpuValuesAndGlobalsCount) {
  auto session = load_test(kMaps, {test_program("hit", "tracepoint", "syscalls:sys_enter_getpriority")});
  ASSERT_TRUE(session) << session.error().what;
  ASSERT_TRUE(session->attach_all());
  make_watched_calls(64);
  auto per_cpu = session->map("per_cpu");
  ASSERT_EQ(per_cpu->value_bytes(), 8 * kernel::possible_cpus());
  std::vector<uint64_t> values(kernel::possible_cpus());
  uint32_t slot = 0;
  ASSERT_TRUE(per_cpu->lookup(&slot, values.data()));
  uint64_t sum = 0;
  for (uint64_t value : values) sum += value;
  EXPECT_EQ(sum, 64u);
  uint64_t global = 0;
  auto data = session->map("sonde.data");
  ASSERT_TRUE(data && data->lookup(&slot, &global));
  EXPECT_EQ(global, 7u + 64u);
}

TEST(Map, PerfArraysHaveASlotForEveryCpu) {
  auto session = load_test(kMaps, {test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  EXPECT_EQ(session->map("events")->max_entries(), kernel::possible_cpus());
}

// "map_flags:\t0x1"
bool is_preallocated(const Session& session, const char* name) {
  auto text = base::read_file(fmt::format("/proc/self/fdinfo/{}", session.map(name)->fd()));
  EXPECT_TRUE(text && text->find("\nmap_flags:\t") != std::string::npos);
  return text->find(fmt::format("\nmap_flags:\t{:#x}\n", uint32_t{BPF_F_NO_PREALLOC})) == std::string::npos;
}

TEST(Map, HashTablesTakeTheirRoomAtOnceWhenAsked) {
  const std::string source = R"(
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __uint(map_flags, 1);
         __type(key, u64); __type(value, u32); } sparse SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, 8); __uint(map_flags, 1);
         __type(key, u64); __type(value, u32); } trie SEC(".maps");
SEC("sonde/hit") int hit(void *ctx) {
  u64 key = 0;
  return bpf_map_lookup_elem(&sparse, &key) && bpf_map_lookup_elem(&trie, &key);
})";
  for (bool preallocates : {false, true}) {
    auto session = load_test(source, {test_program("hit")}, {}, {.preallocates = preallocates});
    ASSERT_TRUE(session) << session.error().what;
    EXPECT_EQ(is_preallocated(*session, "sparse"), preallocates);
    EXPECT_FALSE(is_preallocated(*session, "trie"));  // which has no other way
  }
}

TEST(Map, NamesAreListedWithoutGlobalsAndMisspellingsCorrected) {
  auto session = load_test(kMaps, {test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  std::vector<std::string> names = session->map_names();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()),
            (std::set<std::string>{"table", "per_cpu", "queue", "events"}));
  auto wrong = session->map("tabel");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().what, "no map tabel in this program; nearest: table");
}

}  // namespace
}  // namespace sonde::session
