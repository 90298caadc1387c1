// A hook is a value: one function attaches it, and the same value detaches it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/perf_event.h>

#include "bpf/hooks/hooks.h"
#include "kernel/needs_test.h"
#include "session/attach/uprobe_fixture_test.h"
#include "session/state/loaded_test.h"

namespace sonde::session {
namespace {

using bpf::make_watched_calls;
using bpf::test_program;
using testing::HasSubstr;

const std::string kPrograms = R"(
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 4);
  __type(key, u32);
  __type(value, u64);
} counts SEC(".maps");
static __always_inline void count(u32 slot) {
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value) __sync_fetch_and_add(value, 1);
}
SEC("sonde/one") int one(struct sys_enter *ctx) { if (WATCHED(ctx)) count(0); return 0; }
SEC("sonde/two") int two(struct sys_enter *ctx) { if (WATCHED(ctx)) count(1); return 0; }
SEC("sonde/by_cookie") int by_cookie(struct sys_enter *ctx) {
  if (WATCHED(ctx)) count(bpf_get_attach_cookie(ctx) & 3);
  return 0;
}
)";

const Hook kEnter{HookKind::kTracepoint, "syscalls:sys_enter_getpriority"};
const Hook kMisspelt{HookKind::kTracepoint, "syscalls:sys_enter_getpriorite"};

class Hooks : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = load_test(
        kPrograms, {test_program("one"), test_program("two", "tracepoint", kEnter.target), test_program("by_cookie")});
    ASSERT_TRUE(loaded) << loaded.error().what;
    session_.emplace(std::move(*loaded));
  }
  uint64_t count(uint32_t slot) const {
    uint64_t value = UINT64_MAX;
    auto map = session_->map("counts");
    EXPECT_TRUE(map && map->lookup(&slot, &value));
    return value;
  }
  void expect_counts(uint64_t one, uint64_t two) {
    make_watched_calls(23);
    EXPECT_EQ(count(0), one);
    EXPECT_EQ(count(1), two);
  }

  std::optional<Session> session_;
};

TEST_F(Hooks, AreAttachedAndDetachedByOneValue) {
  auto attached = session_->attach("one", kEnter);
  ASSERT_TRUE(attached) << attached.error().what;
  expect_counts(23, 0);
  ASSERT_TRUE(session_->detach(*attached));
  expect_counts(23, 0);
  auto again = session_->detach(*attached);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().what, "tracepoint syscalls:sys_enter_getpriority: nothing of this session is attached there");
}

TEST_F(Hooks, OfTracepointsTellTheirCookies) {
  NEEDS("perf_event_cookie");
  for (uint64_t cookie : {2, 3}) {
    Hook hook = kEnter;
    hook.place = TracepointEvent{cookie};
    auto attached = session_->attach("by_cookie", hook);
    ASSERT_TRUE(attached) << attached.error().what;
    make_watched_calls(23);
    ASSERT_TRUE(session_->detach(*attached));
  }
  EXPECT_EQ(count(2), 23u);
  EXPECT_EQ(count(3), 23u);
  EXPECT_EQ(count(0), 0u);
}

TEST_F(Hooks, OfNoKindAreWhereTheProgramSays) {
  ASSERT_TRUE(session_->attach("one", kEnter));
  auto attached = session_->attach("two", Hook());
  ASSERT_TRUE(attached) << attached.error().what;
  EXPECT_EQ(attached->label(), kEnter.label());
  expect_counts(23, 23);
  ASSERT_TRUE(session_->detach(Hook(), "two"));  // wherever it is
  expect_counts(46, 23);
  auto nowhere = session_->attach("one", Hook());
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().what, HasSubstr("neither its name nor its section"));
}

TEST_F(Hooks, TheFirstThatTheKernelTakesIsTaken) {
  const Hook hooks[] = {kMisspelt, kEnter};
  auto attached = session_->attach_first("one", hooks);
  ASSERT_TRUE(attached) << attached.error().what;
  EXPECT_EQ(attached->target, kEnter.target);
  expect_counts(23, 0);
  auto none = session_->attach_first("one", std::span(hooks, 1));
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().what, HasSubstr("sys_enter_getpriorite: no such event"));
}

TEST_F(Hooks, ASetIsAttachedAsAWholeOrNotAtAll) {
  std::vector<Session::Wanted> broken = {{"one", {kEnter}}, {"two", {kMisspelt}}}, whole = {{"two", {kEnter}}};
  std::vector<std::vector<Session::Wanted>> sets = {broken, whole};
  auto attached = session_->attach_first_of(sets);
  ASSERT_TRUE(attached) << attached.error().what;
  expect_counts(0, 23);
  std::vector<Error> left_out;
  broken[1].is_optional = true;
  sets = {broken};
  ASSERT_TRUE(session_->attach_first_of(sets, &left_out));
  ASSERT_EQ(left_out.size(), 1u);
  EXPECT_THAT(left_out[0].what, HasSubstr("no such event"));
  expect_counts(23, 46);
}

TEST_F(Hooks, OfAPerfEventAreNamedByIt) {
  PerfEvent clock{.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK, .sample_freq = 99};
  const Hook hook{HookKind::kPerfEvent, "", clock};
  auto attached = session_->attach("one", hook);
  ASSERT_TRUE(attached) << attached.error().what;
  EXPECT_EQ(attached->label(), "perf_event:1:1");
  EXPECT_EQ(session_->attachments().size(), 1u);
  ASSERT_TRUE(session_->detach(hook));
  EXPECT_TRUE(session_->attachments().empty());
}

TEST_F(Hooks, OfAKindThatNobodyKnowsSayWhich) {
  auto loaded = load_test(kPrograms, {test_program("one")});
  ASSERT_TRUE(loaded) << loaded.error().what;
  auto attached = loaded->attach("one", {HookKind::kUnknown, "teleporter:home"});
  ASSERT_FALSE(attached);
  EXPECT_EQ(attached.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(attached.error().what, "one: sonde cannot attach to teleporter:home yet");
}

TEST_F(Uprobe, HooksTellWhichPlacesTheyWereFoundAt) {
  Target target(pie());
  auto attached =
      session_->attach("in", {HookKind::kUprobe, "", UserProbe{.binary = pie(), .pattern = "probed|other"}});
  ASSERT_TRUE(attached) << attached.error().what;
  EXPECT_EQ(attached->as<UserProbe>().path, pie());
  ASSERT_EQ(attached->as<UserProbe>().places.size(), 2u);
  target.calls(23);
  EXPECT_EQ(count(0), 46u);
  ASSERT_TRUE(session_->detach(*attached));
  target.calls(23);
  EXPECT_EQ(count(0), 46u);
  Hook by_symbol{HookKind::kUprobe, "", UserProbe{pie(), "probed"}};
  ASSERT_TRUE(session_->attach("in", by_symbol));
  target.calls(5);
  EXPECT_EQ(count(0), 51u);
  ASSERT_TRUE(session_->detach(by_symbol));  // the value that was given does, too
  target.calls(5);
  EXPECT_EQ(count(0), 51u);
}

TEST(HookRows, AreByTheirNumbers) {
  size_t kinds = 0;
  for (auto kind = HookKind::kUnknown;
       !name_of(kind).empty() && (kind == HookKind::kUnknown || name_of(kind) != "unknown");
       kind = static_cast<HookKind>(static_cast<int>(kind) + 1)) {
    EXPECT_EQ(hook_kind(name_of(kind)), kind) << name_of(kind);
    EXPECT_EQ(bpf::row_of(kind).kind, kind) << name_of(kind);
    kinds++;
  }
  EXPECT_GT(kinds, 30u);
  EXPECT_EQ(hook_kind(""), HookKind::kNone);
  EXPECT_EQ(hook_kind("teleporter"), HookKind::kUnknown);
}

}  // namespace
}  // namespace sonde::session
