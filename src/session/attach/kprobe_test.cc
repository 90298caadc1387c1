// kprobes and fentry, where the kernel has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "bpf/hooks/hooks.h"
#include "kernel/features.h"
#include "kernel/needs_test.h"
#include "kernel/syscalls.h"
#include "kernel/tracefs.h"
#include "session/state/child_test.h"
#include "session/state/loaded_test.h"

namespace sonde::session {
namespace {

using bpf::make_watched_calls;
using bpf::test_program;
using testing::HasSubstr;

std::string program(const std::string& name, int slot) {
  return fmt::format(R"(
SEC("sonde/{0}") int {0}(void *ctx) {{
  u32 slot = {1};
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value && bpf_get_current_pid_tgid() >> 32 == {2}) __sync_fetch_and_add(value, 1);
  return 0;
}}
)",
                     name, slot, ::getpid());
}

const std::string kCounts = R"(
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4);
         __type(key, u32); __type(value, u64); } counts SEC(".maps");
)";

uint64_t count_in(const Session& session, uint32_t slot) {
  uint64_t value = UINT64_MAX;
  auto map = session.map("counts");
  EXPECT_TRUE(map && map->lookup(&slot, &value));
  return value;
}

std::string function() { return kernel::fix_syscall_function("sys_getpriority"); }

TEST(Kprobe, EntryAndReturnCountEveryCall) {
  NEEDS("kprobe");
  auto session =
      load_test(kCounts + program("in", 0) + program("out", 1),
                {test_program("in", "kprobe", "sys_getpriority"), test_program("out", "kretprobe", "sys_getpriority")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_TRUE(attached) << attached.error().what;
  make_watched_calls(500);
  EXPECT_EQ(count_in(*session, 0), 500u);
  EXPECT_EQ(count_in(*session, 1), 500u);
  EXPECT_EQ(session->attachments()[0].why, "");
  EXPECT_EQ(session->attachments()[0].chosen, "kprobe:" + function());
  ASSERT_TRUE(session->detach("kprobe", "sys_getpriority"));
  make_watched_calls(5);
  EXPECT_EQ(count_in(*session, 0), 500u);
  EXPECT_EQ(count_in(*session, 1), 505u);
}

TEST(Kprobe, SeveralProgramsOnOneFunction) {
  NEEDS("kprobe");
  auto session = load_test(kCounts + program("one", 0) + program("two", 1), {test_program("one"), test_program("two")});
  ASSERT_TRUE(session) << session.error().what;
  ASSERT_TRUE(session->attach_kprobe(function(), "one"));
  ASSERT_TRUE(session->attach_kprobe(function(), "two"));
  make_watched_calls(10);
  EXPECT_EQ(count_in(*session, 0), 10u);
  EXPECT_EQ(count_in(*session, 1), 10u);
}

// In one link and in one each.
TEST(Kprobe, FunctionsAreToldApartByTheirCookies) {
  NEEDS("kprobe");
  NEEDS("perf_event_cookie");
  const std::string text = kCounts + R"(
SEC("sonde/count") int count(void *ctx) {
  u32 slot = bpf_get_attach_cookie(ctx) & 3;
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value && bpf_get_current_pid_tgid() >> 32 == WATCHED_PROCESS) __sync_fetch_and_add(value, 1);
  return 0;
}
)";
  for (const char* forced : {"", "kprobe"}) {
    ::setenv("SONDE_ATTACH", forced, 1);
    auto session = load_test(fmt::format("#define WATCHED_PROCESS {}\n", ::getpid()) + text, {test_program("count")});
    ASSERT_TRUE(session) << session.error().what;
    KernelFunction functions{.names = {function(), kernel::fix_syscall_function("sys_getppid")}, .cookies = {1, 2}};
    auto attached = session->attach("count", Hook{HookKind::kKprobe, "", functions});
    ASSERT_TRUE(attached) << attached.error().what;
    bool in_one = !*forced && kernel::has_feature("kprobe_multi");
    EXPECT_EQ(session->attachments().size(), in_one ? 1u : 2u);
    make_watched_calls(23);
    for (int i = 0; i < 7; ++i) ::getppid();
    EXPECT_EQ(count_in(*session, 1), 23u);
    EXPECT_EQ(count_in(*session, 2), 7u);
    EXPECT_EQ(count_in(*session, 0), 0u);
  }
  ::unsetenv("SONDE_ATTACH");
}

TEST(Kprobe, AddressesAndCookiesAreOneForEachName) {
  KernelFunction functions{.names = {"vfs_read", "vfs_write"}, .cookies = {1}};
  Hook hook{HookKind::kKprobeMulti, "2 functions", functions};
  Result<bpf::Link> link = bpf::row_of(hook.kind).attach(-1, hook);
  ASSERT_FALSE(link);
  EXPECT_THAT(link.error().what, HasSubstr("one for each name"));
}

// Threads that all sleep at the same time, as many as the kernel cannot follow.
void sleep_at_once(size_t threads) {
  std::vector<std::thread> sleeping;
  for (size_t i = 0; i < threads; ++i) sleeping.emplace_back([] { ::usleep(500'000); });
  for (std::thread& each : sleeping) each.join();
}

TEST(Kprobe, MissedReturnsAreCounted) {
  NEEDS("kprobe");
  constexpr size_t kThreads = 200;
  for (int maxactive : {0, 7}) {
    auto session = load_test(kCounts + program("out", 1), {test_program("out")});
    ASSERT_TRUE(session) << session.error().what;
    ::setenv("SONDE_ATTACH", "kprobe", 1);
    auto attached = session->attach_kretprobe(kernel::fix_syscall_function("sys_clock_nanosleep"), "out", maxactive);
    ::unsetenv("SONDE_ATTACH");
    ASSERT_TRUE(attached) << attached.error().what;
    EXPECT_EQ(session->missed_calls(), 0u);
    sleep_at_once(kThreads);
    uint64_t followed = count_in(*session, 1);
    EXPECT_LT(followed, kThreads);
    // Other processes sleep as well.
    if (maxactive || kernel::has_feature("missed_calls")) EXPECT_GE(followed + session->missed_calls(), kThreads);
  }
}

TEST(Kprobe, AMisspeltFunctionIsToldTheNearest) {
  NEEDS("kprobe");
  auto session = load_test(kCounts + program("one", 0), {test_program("one")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_kprobe("vfs_raed", "one");
  ASSERT_FALSE(attached);
  EXPECT_EQ(attached.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(attached.error().what, "kprobe vfs_raed: no such function in this kernel; nearest: vfs_read");
  auto blacklisted = session->attach_kprobe("kprobe_dispatcher", "one");
  ASSERT_FALSE(blacklisted);
  EXPECT_THAT(blacklisted.error().what, testing::AnyOf(HasSubstr("blacklist"), HasSubstr("not traceable")))
      << blacklisted.error().what;
}

std::string kprobe_events() {
  auto tracefs = kernel::Tracefs::open();
  return *(*tracefs)->read("kprobe_events");
}

TEST(Kprobe, MaxactiveCountsAndIsTidiedUp) {
  NEEDS("kprobe");
  {
    auto session = load_test(kCounts + program("out", 1), {test_program("out")});
    ASSERT_TRUE(session) << session.error().what;
    auto attached = session->attach_kretprobe(function(), "out", 100);
    ASSERT_TRUE(attached) << attached.error().what;
    EXPECT_THAT(kprobe_events(), HasSubstr(fmt::format("sonde_{}", ::getpid())));
    make_watched_calls(20);
    EXPECT_EQ(count_in(*session, 1), 20u);
  }
  EXPECT_THAT(kprobe_events(), Not(HasSubstr(fmt::format("sonde_{}", ::getpid()))));
}

TEST(Kprobe, WhatAKilledProcessLeftIsSwept) {
  NEEDS("kprobe");
  pid_t child = killed_after([] {
    static auto session = load_test(kCounts + program("out", 1), {test_program("out")});  // alive when the kill comes
    return session && session->attach_kretprobe(function(), "out", 100);
  });
  ASSERT_GT(child, 0);
  auto session = load_test(kCounts + program("out", 1), {test_program("out")});
  ASSERT_TRUE(session && session->attach_kretprobe(function(), "out", 10));
  EXPECT_THAT(kprobe_events(), Not(HasSubstr(fmt::format("sonde_{}/", child))));
}

TEST(Kprobe, CanBeForcedToTheTracepoint) {
  NEEDS("kprobe");
  spec::Program hello = test_program("hello", "kprobe", "sys_getpriority");
  hello.variants = {{"syscall_enter", "enter"}};
  auto session = load_test(kCounts + program("hello", 0) + program("enter", 1), {hello});
  ASSERT_TRUE(session) << session.error().what;
  ::setenv("SONDE_ATTACH", "tracepoint", 1);
  auto attached = session->attach_all();
  ::unsetenv("SONDE_ATTACH");
  ASSERT_TRUE(attached) << attached.error().what;
  make_watched_calls(9);
  EXPECT_EQ(count_in(*session, 0), 0u);
  EXPECT_EQ(count_in(*session, 1), 9u);
}

TEST(Fentry, EntryAndReturnCountEveryCall) {
  NEEDS("fentry");
  auto session =
      load_test(kCounts + program("in", 0) + program("out", 1),
                {test_program("in", "fentry", "vmlinux:" + function()), test_program("out", "fexit", function())});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_TRUE(attached) << attached.error().what;
  make_watched_calls(30);
  EXPECT_EQ(count_in(*session, 0), 30u);
  EXPECT_EQ(count_in(*session, 1), 30u);
}

TEST(Fentry, AMisspeltFunctionIsToldTheNearest) {
  NEEDS("btf");
  auto session = load_test(kCounts + program("in", 0), {test_program("in", "fentry", "vfs_raed")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_FALSE(attached);
  EXPECT_EQ(attached.error().what, "fentry vfs_raed: not in the BTF of vmlinux; nearest: vfs_read");
}

TEST(Fentry, WhereTheKernelCannotItSaysSo) {
  NEEDS("btf");
  NEEDS_NO("fentry");
  auto session = load_test(kCounts + program("in", 0), {test_program("in", "fentry", "vfs_read")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_FALSE(attached);
  EXPECT_THAT(attached.error().kind, testing::AnyOf(ErrorKind::kUnsupported, ErrorKind::kPermission));
  EXPECT_THAT(attached.error().what, testing::StartsWith("fentry vfs_read: "));
  EXPECT_FALSE(attached.error().hint.empty());
}

}  // namespace
}  // namespace sonde::session
