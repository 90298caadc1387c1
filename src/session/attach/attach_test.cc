// Programs run where they were attached, exactly as often as they should, and errors say what would have worked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include <thread>

#include "kernel/needs_test.h"
#include "session/state/loaded_test.h"

namespace sonde::session {
namespace {

using bpf::make_watched_calls;
using bpf::test_program;
using testing::HasSubstr;

constexpr const char* kCounter = R"(
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4);
         __type(key, u32); __type(value, u64); } counts SEC(".maps");
static __always_inline void count(u32 slot) {
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value) __sync_fetch_and_add(value, 1);
}
)";

std::string with_counter(const std::string& programs) { return std::string(kCounter) + programs; }

uint64_t count_in(const Session& session, uint32_t slot) {
  uint64_t value = UINT64_MAX;
  auto map = session.map("counts");
  EXPECT_TRUE(map && map->lookup(&slot, &value));
  return value;
}

const std::string kOnEnter = with_counter(R"(
SEC("sonde/hit") int hit(struct sys_enter *ctx) { if (WATCHED(ctx)) count(0); return 0; }
)");

TEST(Attach, ATracepointProgramRunsOncePerCall) {
  auto session = load_test(kOnEnter, {test_program("hit", "tracepoint", "syscalls:sys_enter_getpriority")});
  ASSERT_TRUE(session) << session.error().what;
  make_watched_calls(5);
  auto attached = session->attach_all();
  ASSERT_TRUE(attached) << attached.error().what;
  make_watched_calls(1000);
  EXPECT_EQ(count_in(*session, 0), 1000u);
  ASSERT_TRUE(session->detach("tracepoint", "syscalls:sys_enter_getpriority"));
  make_watched_calls(7);
  EXPECT_EQ(count_in(*session, 0), 1000u);
}

TEST(Attach, TwoSessionsInTwoThreadsDoNotMix) {
  auto run = [](uint64_t& counted) {
    auto session = load_test(kOnEnter, {test_program("hit")});
    if (!session || !session->attach_tracepoint("syscalls:sys_enter_getpriority", "hit")) return;
    make_watched_calls(100);
    counted = count_in(*session, 0);
  };
  uint64_t first = 0, second = 0;
  std::thread one(run, std::ref(first)), two(run, std::ref(second));
  one.join();
  two.join();
  // Each sees its own calls, and those of the other that fell in its time.
  EXPECT_GE(first, 100u);
  EXPECT_LE(first, 200u);
  EXPECT_GE(second, 100u);
  EXPECT_LE(second, 200u);
}

TEST(Attach, OneProgramUnderTwoTypes) {
  auto session =
      load_test(with_counter("SEC(\"sonde/hit\") int hit(void *ctx) { count(0); return 0; }"), {test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  EXPECT_EQ(session->program_fd("hit").error().kind, ErrorKind::kNotFound);
  auto as_kprobe = session->load_program("hit", BPF_PROG_TYPE_KPROBE);
  auto as_tracepoint = session->load_program("hit", BPF_PROG_TYPE_TRACEPOINT);
  auto again = session->load_program("hit", BPF_PROG_TYPE_KPROBE);
  ASSERT_TRUE(as_kprobe && as_tracepoint && again);
  EXPECT_NE(*as_kprobe, *as_tracepoint);
  EXPECT_EQ(*as_kprobe, *again);
}

TEST(Attach, RawTracepointsSeeTheSystemCall) {
  auto session =
      load_test(with_counter(R"(
SEC("sonde/hit") int hit(struct bpf_raw_tracepoint_args *ctx) {
  if (ctx->args[1] == __NR && bpf_get_current_pid_tgid() >> 32 == PID) count(0);
  return 0;
})")
                    .replace(0, 0, fmt::format("#define __NR {}\n#define PID {}\n", SYS_getpriority, ::getpid())),
                {test_program("hit", "raw_tracepoint", "sys_enter")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_TRUE(attached) << attached.error().what;
  make_watched_calls(321);
  EXPECT_EQ(count_in(*session, 0), 321u);
}

TEST(Attach, PerfEventsTickOnEveryCpu) {
  auto session = load_test(with_counter("SEC(\"sonde/tick\") int tick(void *ctx) { count(0); return 0; }"),
                           {test_program("tick")});
  ASSERT_TRUE(session) << session.error().what;
  Session::PerfEvent clock{.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = 199};
  auto attached = session->attach_perf_event(clock, "tick");
  ASSERT_TRUE(attached) << attached.error().what;
  auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  while (std::chrono::steady_clock::now() < until) {
  }
  EXPECT_GT(count_in(*session, 0), 10u);
}

extern "C" __attribute__((noinline)) int sonde_test_probed(int value) {
  asm volatile("");
  return value + 1;
}

uint64_t file_offset_of(const void* address) {
  uint64_t wanted = reinterpret_cast<uint64_t>(address);
  auto maps = base::read_file("/proc/self/maps");
  std::string_view rest = *maps;
  while (!rest.empty()) {
    unsigned long long start = 0, end = 0, offset = 0;
    std::string line(rest.substr(0, rest.find('\n')));
    if (std::sscanf(line.c_str(), "%llx-%llx %*s %llx", &start, &end, &offset) == 3 && wanted >= start &&
        wanted < end) {
      return wanted - start + offset;
    }
    rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size()));
  }
  return 0;
}

TEST(Attach, UprobesByPathAndOffset) {
  NEEDS("uprobe");
  char path[4096] = {};
  ASSERT_GT(::readlink("/proc/self/exe", path, sizeof path - 1), 0);
  std::string place = fmt::format("{}:{:#x}", path, file_offset_of(reinterpret_cast<void*>(sonde_test_probed)));
  auto session = load_test(with_counter(R"(
SEC("sonde/in") int in(void *ctx) { count(1); return 0; }
SEC("sonde/out") int out(void *ctx) { count(2); return 0; })"),
                           {test_program("in", "uprobe", place), test_program("out", "uretprobe", place)});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_TRUE(attached) << attached.error().what;
  for (int i = 0; i < 42; i++) sonde_test_probed(i);
  EXPECT_EQ(count_in(*session, 1), 42u);
  EXPECT_EQ(count_in(*session, 2), 42u);
}

TEST(Attach, AMisspeltTracepointIsToldTheNearest) {
  auto session = load_test(kOnEnter, {test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_tracepoint("syscalls:sys_enter_getprioritie", "hit");
  ASSERT_FALSE(attached);
  EXPECT_EQ(attached.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(
      attached.error().what,
      "tracepoint syscalls:sys_enter_getprioritie: no such event in this kernel; nearest: syscalls:sys_enter_getpriority");
  auto wrong_category = session->attach_tracepoint("sced:sched_switch", "hit");
  ASSERT_FALSE(wrong_category);
  EXPECT_THAT(wrong_category.error().what, HasSubstr("nearest: sched:sched_switch"));
  auto raw = session->attach_raw_tracepoint("sched_swich", "hit");
  ASSERT_FALSE(raw);
}

TEST(Attach, AnUnknownProgramIsToldTheNearest) {
  auto session = load_test(kOnEnter, {test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_kprobe("vfs_read", "hot");
  ASSERT_FALSE(attached);
  EXPECT_EQ(attached.error().what, "no function hot in this program; nearest: hit");
  auto nowhere = session->attach("hit");
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().what, HasSubstr("neither its name nor its section"));
}

TEST(Attach, KernelsWithoutKprobesTakeTheSystemCallsTracepoint) {
  NEEDS_NO("kprobe");
  spec::Program program = test_program("kprobe__sys_getpriority", "kprobe", "sys_getpriority");
  program.variants = {{"syscall_enter", "hit"}};
  auto session = load_test(with_counter(R"(
SEC("sonde/kprobe__sys_getpriority") int kprobe__sys_getpriority(void *ctx) { count(1); return 0; }
SEC("sonde/hit") int hit(struct sys_enter *ctx) { if (WATCHED(ctx)) count(0); return 0; })"),
                           {program});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_TRUE(attached) << attached.error().what;
  make_watched_calls(50);
  EXPECT_EQ(count_in(*session, 0), 50u);
  ASSERT_EQ(session->attachments().size(), 1u);
  Session::Attachment attachment = session->attachments()[0];
  EXPECT_EQ(attachment.chosen, "tracepoint:syscalls:sys_enter_getpriority");
  EXPECT_THAT(attachment.why, HasSubstr("no kprobes"));
  EXPECT_TRUE(session->detach("kprobe", "sys_getpriority"));
}

TEST(Attach, ProbesWithoutKprobesSaySo) {
  NEEDS_NO("kprobe");
  auto session = load_test(kOnEnter, {test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_kprobe("vfs_read", "hit");
  ASSERT_FALSE(attached);
  EXPECT_EQ(attached.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(attached.error().what, HasSubstr("kprobe vfs_read: this kernel"));
}

TEST(Attach, AFieldThatMovedIsNamed) {
  spec::Tracepoint compiled{"syscalls", "sys_enter_getpriority", {{"which", 16, 8}, {"who", 32, 8}}};
  auto session = load_test(kOnEnter, {test_program("hit", "tracepoint", "syscalls:sys_enter_getpriority")}, {compiled});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_FALSE(attached);
  EXPECT_EQ(attached.error().what,
            "tracepoint syscalls:sys_enter_getpriority: the field who moved from byte 32 to byte 24");
}

TEST(Attach, TheVerifiersAnswerBeginsWithTheUsersLine) {
  auto session = load_test(with_counter(R"(
SEC("sonde/wild") int wild(void *ctx) {
  u32 slot = 3;
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  return *value;
})"),
                           {test_program("wild", "tracepoint", "syscalls:sys_enter_getpriority")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_FALSE(attached);
  EXPECT_EQ(attached.error().kind, ErrorKind::kVerifier);
  EXPECT_THAT(attached.error().what, testing::ContainsRegex("^[^\n]*test.c:[0-9]+: return \\*value;\n.*rejected wild"));
  EXPECT_THAT(attached.error().what, HasSubstr("invalid mem access 'map_value_or_null'"));
  EXPECT_THAT(attached.error().what, Not(HasSubstr("processed ")));
  EXPECT_THAT(attached.error().hint, HasSubstr("check the returned pointer for NULL"));
}

TEST(Attach, TheVerifiersLogIsHandedOutWhenAskedFor) {
  std::string log;
  LoadOptions options{.log_level = 1, .log = [&](std::string_view text) { log += text; }};
  auto session = load_test(kOnEnter, {test_program("hit")}, {}, options);
  ASSERT_TRUE(session) << session.error().what;
  ASSERT_TRUE(session->attach_tracepoint("syscalls:sys_enter_getpriority", "hit"));
  EXPECT_THAT(log, HasSubstr("processed "));
}

}  // namespace
}  // namespace sonde::session
