// What a place carries to the kernel: semaphores that are up while a probe is there, cookies that tell places apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>

#include "bpf/hooks/hooks.h"
#include "elf/file.h"
#include "kernel/needs_test.h"
#include "kernel/uprobe_multi.h"
#include "session/attach/target_test.h"
#include "session/state/loaded_test.h"

namespace sonde::session {
namespace {

using bpf::test_program;

// probed() is called while the semaphore is up only.
constexpr const char* kGuarded = R"(
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
unsigned short semaphore __attribute__((section(".probes"))) = 0;
__attribute__((noinline)) int probed(int value) { __asm__ volatile("nop"); return value + 1; }
__attribute__((noinline)) int other(int value) { __asm__ volatile("nop"); return value + 2; }
int main(void) {
  char line[32];
  while (fgets(line, sizeof line, stdin)) {
    for (int i = atoi(line); i > 0; i--) { other(i); if (*(volatile unsigned short *)&semaphore) probed(i); }
    if (write(1, "+", 1) != 1) return 1;
  }
  return 0;
}
)";

constexpr const char* kPrograms = R"(
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4);
         __type(key, u32); __type(value, u64); } counts SEC(".maps");
SEC("sonde/which") int which(void *ctx) {
  u32 slot = bpf_get_attach_cookie(ctx) & 3;
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value) __sync_fetch_and_add(value, 1);
  return 0;
}
)";

// Compiled once for all tests.
const TestDirectory& directory() {
  static const TestDirectory made;
  return made;
}

const std::string& guarded() {
  static const std::string path = directory().compile("guarded", "", kGuarded);
  return path;
}

Result<Object> programs() {
  static const Result<std::string> bytes = bpf::compile_test_object(kPrograms, {.programs = {test_program("which")}});
  return bytes ? Object::from_bytes(*bytes, "test") : tl::unexpected(bytes.error());
}

class Place : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    NEEDS("uprobe");
    NEEDS("perf_event_cookie");
    if (is_multi()) NEEDS("uprobe_multi");
    path_ = guarded();
    auto object = programs();
    ASSERT_TRUE(object) << object.error().what;
    session_ = Session::load(*object);
    ASSERT_TRUE(session_) << session_.error().what;
    ASSERT_NE(offset_of("probed"), 0u);
    ASSERT_NE(offset_of("semaphore"), 0u);
  }
  bool is_multi() const { return std::string_view(GetParam()) == "uprobe_multi"; }
  uint64_t offset_of(const std::string& name) {
    uint64_t address = 0;
    directory().run(fmt::format("nm {0} | grep ' {1}$' > {0}.address", path_, name));
    std::ifstream(path_ + ".address") >> std::hex >> address;
    return elf::File::open(path_)->offset_of(address).value_or(0);
  }
  Result<bpf::Link> attach(std::vector<UserProbe::Place> places, int pid = -1) {
    auto program = session_->load_program("which", BPF_PROG_TYPE_KPROBE, is_multi() ? kernel::kTraceUprobeMulti : -1);
    if (!program) return tl::unexpected(program.error());
    Hook hook{hook_kind(GetParam()), "test", UserProbe{.pid = pid, .path = path_, .places = std::move(places)}};
    return bpf::row_of(hook.kind).attach(*program, hook);
  }
  uint64_t count(uint32_t slot) {
    uint64_t value = UINT64_MAX;
    EXPECT_TRUE(session_->map("counts")->lookup(&slot, &value));
    return value;
  }

  std::string path_;
  Result<Session> session_ = tl::unexpected(Error{});
};
INSTANTIATE_TEST_SUITE_P(Kinds, Place, testing::Values("usdt", "uprobe_multi"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST_P(Place, ASemaphoreIsUpWhileTheProbeIsThere) {
  Target target(path_);
  target.calls(5);
  {
    auto link = attach({{offset_of("probed"), offset_of("semaphore"), 1}});
    ASSERT_TRUE(link) << link.error().what;
    target.calls(23);
    EXPECT_EQ(count(1), 23u);
    Target later(path_);
    later.calls(7);
    EXPECT_EQ(count(1), 30u);
  }
  target.calls(5);  // would not have been seen either way:
  auto without = attach({{offset_of("probed"), 0, 1}});
  ASSERT_TRUE(without) << without.error().what;
  target.calls(5);
  EXPECT_EQ(count(1), 30u);
}

TEST_P(Place, CookiesTellPlacesApart) {
  Target target(path_);
  auto link = attach(
      {{offset_of("probed"), offset_of("semaphore"), 1}, {offset_of("other"), 0, 2}, {offset_of("other") + 1, 0, 0}});
  ASSERT_TRUE(link) << link.error().what;
  target.calls(23);
  EXPECT_EQ(count(1), 23u);
  EXPECT_EQ(count(2), 23u);
  EXPECT_EQ(count(0), 23u);
}

TEST_P(Place, OnlyInTheProcessAskedFor) {
  Target one(path_), two(path_);
  auto link = attach({{offset_of("other"), 0, 1}, {offset_of("probed"), offset_of("semaphore"), 2}}, one.pid());
  ASSERT_TRUE(link) << link.error().what;
  one.calls(23);
  two.calls(11);
  EXPECT_EQ(count(1), 23u);
  EXPECT_EQ(count(2), 23u);
}

TEST_P(Place, AnOffsetOutsideOfTheCodeIsRefused) {
  auto link = attach({{offset_of("other"), 0, 1}, {offset_of("semaphore"), 0, 2}});
  ASSERT_FALSE(link);
  EXPECT_THAT(link.error().what, testing::HasSubstr("lies outside of the file's code"));
}

}  // namespace
}  // namespace sonde::session
