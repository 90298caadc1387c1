// USDT probes of this very test program: hits are counted, semaphores go up and down.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "kernel/needs_test.h"
#include "session/state/loaded_test.h"
#include "sonde/usdt.h"
#include "usdt/context.h"

// What <sys/sdt.h> makes of a probe, which building does not need: a nop and a note of where it is.
#define HIT(name, semaphore)                                                                            \
  __asm__ volatile(                                                                                     \
      "990: nop\n.pushsection .note.stapsdt,\"\",\"note\"\n.balign 4\n.4byte 992f-991f, 994f-993f, 3\n" \
      "991: .asciz \"stapsdt\"\n992: .balign 4\n993: .8byte 990b, 0, " semaphore                        \
      "\n.asciz \"session_test\"\n.asciz \"" name "\"\n.asciz \"\"\n994: .balign 4\n.popsection\n" ::   \
          : "memory")

extern "C" {
__attribute__((used, section(".probes"), visibility("hidden"))) unsigned short session_test_semaphore = 0;
}

namespace sonde::session {
namespace {

using testing::HasSubstr;

__attribute__((noinline)) void hit_plain(int times) {
  for (int i = 0; i < times; i++) HIT("plain", "0");
}

// How often it was taken.
__attribute__((noinline)) int hit_guarded(int times) {
  int taken = 0;
  for (int i = 0; i < times; i++) {
    if (!*const_cast<volatile unsigned short*>(&session_test_semaphore)) continue;
    HIT("guarded", "session_test_semaphore");
    taken++;
  }
  return taken;
}

constexpr const char* kProgram = R"(
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1);
         __type(key, u32); __type(value, u64); } counts SEC(".maps");
SEC("sonde/hit") int hit(void *ctx) {
  u32 slot = 0;
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value) __sync_fetch_and_add(value, 1);
  return 0;
}
)";

uint64_t hits(const Session& session) {
  uint32_t slot = 0;
  uint64_t value = UINT64_MAX;
  auto map = session.map("counts");
  EXPECT_TRUE(map && map->lookup(&slot, &value));
  return value;
}

TEST(AttachUsdt, EveryHitIsSeenWhileAttached) {
  NEEDS("uprobe");
  auto session = load_test(kProgram, {bpf::test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  auto usdt = Usdt::of_path("/proc/self/exe");
  ASSERT_TRUE(usdt) << usdt.error().what;
  ASSERT_TRUE(usdt->enable("session_test:plain", "hit"));
  hit_plain(3);
  auto attached = session->attach_usdt(*usdt);
  ASSERT_TRUE(attached) << attached.error().what;
  hit_plain(100);
  EXPECT_EQ(hits(*session), 100u);
  session->detach_all();
  hit_plain(5);
  EXPECT_EQ(hits(*session), 100u);
}

TEST(AttachUsdt, AGuardedProbeIsTakenWhileAttachedToThisProcess) {
  NEEDS("uprobe");
  auto session = load_test(kProgram, {bpf::test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  auto usdt = Usdt::of_process(::getpid());
  ASSERT_TRUE(usdt) << usdt.error().what;
  ASSERT_TRUE(usdt->enable("guarded", "hit"));
  EXPECT_EQ(hit_guarded(3), 0);
  auto attached = session->attach_usdt(*usdt);
  ASSERT_TRUE(attached) << attached.error().what;
  EXPECT_EQ(session_test_semaphore, 1);
  EXPECT_EQ(hit_guarded(7), 7);
  EXPECT_EQ(hits(*session), 7u);
  session->detach_all();
  EXPECT_EQ(session_test_semaphore, 0);
}

TEST(AttachUsdt, ASectionNamesFileProviderAndName) {
  NEEDS("uprobe");
  auto session = load_test(kProgram, {bpf::test_program("hit", "usdt", "/proc/self/exe:session_test:plain")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_TRUE(attached) << attached.error().what;
  hit_plain(10);
  EXPECT_EQ(hits(*session), 10u);
  ASSERT_EQ(session->attachments().size(), 1u);
  EXPECT_EQ(session->attachments()[0].wanted, "usdt:/proc/self/exe:session_test:plain");
}

TEST(AttachUsdt, AHookThatNamesAProbeIsDetachedByTheSameValue) {
  NEEDS("uprobe");
  auto session = load_test(kProgram, {bpf::test_program("hit")});
  ASSERT_TRUE(session) << session.error().what;
  const Hook plain{HookKind::kUsdt, "/proc/self/exe:session_test:plain"};
  auto attached = session->attach("hit", plain);
  ASSERT_TRUE(attached) << attached.error().what;
  hit_plain(10);
  ASSERT_TRUE(session->detach(plain));
  hit_plain(10);
  EXPECT_EQ(hits(*session), 10u);
  EXPECT_FALSE(session->detach(plain));
}

TEST(AttachUsdt, ASectionThatNamesNoProbeSaysHowItIsWritten) {
  for (const char* target : {"", "plain", "session_test:plain", "::", ":a:b"}) {
    auto session = load_test(kProgram, {bpf::test_program("hit", "usdt", target)});
    ASSERT_TRUE(session) << session.error().what;
    auto attached = session->attach("hit");
    ASSERT_FALSE(attached) << target;
    EXPECT_THAT(attached.error().what, HasSubstr("names no probe")) << target;
  }
  auto session = load_test(kProgram, {bpf::test_program("hit", "usdt", "/proc/self/exe:session_test:plane")});
  EXPECT_EQ(session->attach("hit").error().what,
            "no USDT probe session_test:plane in /proc/self/exe; nearest: session_test:plain");
}

}  // namespace
}  // namespace sonde::session
