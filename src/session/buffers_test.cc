// Events arrive whole, in order and all; those that do not fit are counted; and a poll ends in time whatever comes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "kernel/needs_test.h"
#include "session/state/loaded_test.h"

namespace sonde::session {
namespace {

using bpf::make_watched_calls;
using bpf::test_program;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

struct Event {
  uint64_t number;
  char text[48];
};

constexpr const char* kPlace = "syscalls:sys_enter_getpriority";

const std::string kPerf = R"(
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __type(key, u32); __type(value, u32); } events SEC(".maps");
struct event { u64 number; char text[48]; };
SEC("sonde/hit") int hit(struct sys_enter *ctx) {
  if (!WATCHED(ctx)) return 0;
  struct event event = { .number = ctx->args[1], .text = "forty-eight bytes of text" };
  bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &event, sizeof event);
  return 0;
})";

const std::string kRing = R"(
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } events SEC(".maps");
struct event { u64 number; char text[48]; };
SEC("sonde/hit") int hit(struct sys_enter *ctx) {
  if (!WATCHED(ctx)) return 0;
  struct event *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
  if (!event) return 0;
  if (ctx->args[1] % 5 == 4) { bpf_ringbuf_discard(event, 0); return 0; }
  __builtin_memcpy(event->text, "forty-eight bytes of text", 26);
  event->number = ctx->args[1];
  bpf_ringbuf_submit(event, 0);
  return 0;
})";

Result<Session> attached(const std::string& source) {
  auto session = load_test(source, {test_program("hit", "tracepoint", kPlace)});
  if (session) RETURN_IF_ERROR(session->attach_all());
  return session;
}

// Calls from one CPU, so that the order is that of one ring.
void on_one_cpu(const std::function<void()>& work) {
  std::thread([&] {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    ::sched_setaffinity(0, sizeof set, &set);
    work();
  }).join();
}

TEST(PerfBuffer, EveryEventArrivesInOrderWhenTheReaderKeepsUp) {
  auto session = attached(kPerf);
  ASSERT_TRUE(session) << session.error().what;
  uint64_t next = 0, wrong = 0;
  auto on_event = [&](int, const void* data, uint32_t size) {
    Event event;  // a copy: what a perf buffer gives is aligned to 4 bytes only
    std::memcpy(&event, data, sizeof event);
    wrong +=
        size < sizeof(Event) || event.number != next % 50 || std::strcmp(event.text, "forty-eight bytes of text") != 0;
    next++;
  };
  auto map = session->map("events");
  auto opened =
      map->open_perf_buffer(on_event, {}, 1);  // one page: the ring wraps dozens of times, records over its end
  ASSERT_TRUE(opened) << opened.error().what;
  for (int i = 0; i < 100; i++) {
    on_one_cpu([] { make_watched_calls(50); });
    auto handled = session->poll_perf_buffers(milliseconds(1000));
    ASSERT_TRUE(handled) << handled.error().what;
    ASSERT_EQ(*handled, 50);
  }
  EXPECT_EQ(next, 5000u);
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(map->lost(), 0u);
}

TEST(PerfBuffer, EventsReadAndEventsLostMakeAllEvents) {
  auto session = attached(kPerf);
  ASSERT_TRUE(session) << session.error().what;
  uint64_t seen = 0, told = 0;
  auto map = session->map("events");
  auto opened = map->open_perf_buffer([&](int, const void*, uint32_t) { seen++; },
                                      [&](int, uint64_t count) { told += count; }, 1);
  ASSERT_TRUE(opened) << opened.error().what;
  on_one_cpu([] { make_watched_calls(1000); });
  ASSERT_TRUE(session->consume_perf_buffers());
  EXPECT_LT(seen, 100u);
  if (kernel::has_feature("perf_lost_count")) EXPECT_EQ(seen + map->lost(), 1000u);
  // The kernel tells of the loss in the ring itself when there is room again.
  on_one_cpu([] { make_watched_calls(1); });
  ASSERT_TRUE(session->consume_perf_buffers());
  EXPECT_EQ(seen + told, 1001u);
  EXPECT_EQ(map->lost(), told);
}

TEST(PerfBuffer, ALossIsToldBeforeTheWaitThoughNoEventFollows) {
  NEEDS("perf_lost_count");
  auto session = attached(kPerf);
  ASSERT_TRUE(session) << session.error().what;
  uint64_t seen = 0, told = 0;
  auto map = session->map("events");
  ASSERT_TRUE(map->open_perf_buffer([&](int, const void*, uint32_t) { seen++; },
                                    [&](int, uint64_t count) { told += count; }, 1));
  on_one_cpu([] { make_watched_calls(1000); });
  ASSERT_TRUE(session->poll(milliseconds(0)));
  ASSERT_TRUE(session->poll(milliseconds(0)));
  EXPECT_EQ(seen + told, 1000u);
  on_one_cpu([] { make_watched_calls(1); });
  ASSERT_TRUE(session->poll(milliseconds(1000)));  // the kernel's own record of the loss comes now
  EXPECT_EQ(seen + told, 1001u);
}

TEST(PerfBuffer, APollThatIsEndedLeavesTheRest) {
  auto session = attached(kPerf);
  ASSERT_TRUE(session) << session.error().what;
  std::vector<uint64_t> seen;
  auto on_event = [&](int, const void* data, uint32_t) {
    seen.push_back(*static_cast<const uint32_t*>(data));
    if (seen.size() % 3 == 0) session->end_poll();
  };
  ASSERT_TRUE(session->map("events")->open_perf_buffer(on_event));
  on_one_cpu([] { make_watched_calls(7); });
  EXPECT_EQ(*session->poll(milliseconds(100)), 3);
  EXPECT_EQ(*session->poll(milliseconds(-1)), 3);
  EXPECT_EQ(*session->consume_perf_buffers(), 1);
  EXPECT_THAT(seen, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6));
}

TEST(PerfBuffer, ACallbackMayNotPollNorOpenABuffer) {
  auto session = attached(kPerf);
  ASSERT_TRUE(session) << session.error().what;
  auto map = session->map("events");
  std::vector<std::string> errors;
  auto on_event = [&](int, const void*, uint32_t) {
    errors.push_back(session->poll(milliseconds(0)).error().what);
    errors.push_back(session->consume_perf_buffers().error().what);
    errors.push_back(map->open_perf_buffer([](int, const void*, uint32_t) {}).error().what);
  };
  ASSERT_TRUE(map->open_perf_buffer(on_event));
  make_watched_calls(1);
  EXPECT_EQ(*session->poll(milliseconds(100)), 1);
  EXPECT_THAT(errors, testing::Each("events are being handed out already: called inside a callback"));
  EXPECT_EQ(errors.size(), 3u);
}

TEST(PerfBuffer, PagesMustBeAPowerOfTwo) {
  auto session = attached(kPerf);
  ASSERT_TRUE(session) << session.error().what;
  auto opened = session->map("events")->open_perf_buffer([](int, const void*, uint32_t) {}, {}, 3);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().what, "perf buffer events: 3 pages is not a power of two");
  EXPECT_EQ(session->map("events")->open_ring_buffer([](const void*, uint32_t) { return 0; }).error().what,
            "map events is not a ring buffer (BPF_RINGBUF_OUTPUT)");
}

TEST(RingBuffer, EveryEventArrivesInOrderAndDiscardedOnesDoNot) {
  NEEDS("ringbuf");
  auto session = attached(kRing);
  ASSERT_TRUE(session) << session.error().what;
  uint64_t seen = 0, wrong = 0, next = 0;
  auto on_event = [&](const void* data, uint32_t size) {
    auto* event = static_cast<const Event*>(data);
    if (next % 5 == 4) next = (next + 1) % 500;
    wrong +=
        size != sizeof(Event) || event->number != next || std::strcmp(event->text, "forty-eight bytes of text") != 0;
    next = (next + 1) % 500;
    seen++;
    return 0;
  };
  ASSERT_TRUE(session->map("events")->open_ring_buffer(on_event));
  for (int i = 0; i < 20; i++) {  // 640,000 bytes through 65,536: wraps many times
    make_watched_calls(500);
    auto handled = session->poll(milliseconds(1000));
    ASSERT_TRUE(handled) << handled.error().what;
    ASSERT_EQ(*handled, 400);
  }
  EXPECT_EQ(seen, 8000u);
  EXPECT_EQ(wrong, 0u);
}

TEST(RingBuffer, ANegativeAnswerEndsThePollAndLosesNothing) {
  NEEDS("ringbuf");
  auto session = attached(kRing);
  ASSERT_TRUE(session) << session.error().what;
  int seen = 0;
  ASSERT_TRUE(session->map("events")->open_ring_buffer([&](const void*, uint32_t) { return ++seen == 3 ? -1 : 0; }));
  make_watched_calls(10);
  EXPECT_EQ(*session->poll(milliseconds(100)), 3);
  EXPECT_EQ(*session->poll(milliseconds(100)), 5);
}

// A producer that never stops, on every kind of buffer.
void expect_poll_ends(const std::string& source, bool ring) {
  auto session = attached(source);
  ASSERT_TRUE(session) << session.error().what;
  auto map = session->map("events");
  Status opened = ring ? map->open_ring_buffer([](const void*, uint32_t) { return 0; })
                       : map->open_perf_buffer([](int, const void*, uint32_t) {}, [](int, uint64_t) {}, 64);
  ASSERT_TRUE(opened) << opened.error().what;
  std::atomic<bool> done{false};
  std::thread producer([&] {
    while (!done) make_watched_calls(100);
  });
  for (int timeout : {50, 0, 10, -1, 100, 0, -1, 10, 50}) {
    auto start = Clock::now();
    auto handled = session->poll(milliseconds(timeout));
    auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - start).count();
    EXPECT_TRUE(handled &&
                (timeout >= 0 || session->found_records()));  // on a busy machine the producer may not run for 100 ms
    EXPECT_LT(took, timeout + 250) << "a poll of " << timeout << " ms";
    auto consumed = ring ? session->consume_ring_buffers() : session->consume_perf_buffers();
    EXPECT_TRUE(consumed);
  }
  done = true;
  producer.join();
}
TEST(PerfBuffer, APollEndsInTimeWhileEventsKeepComing) { expect_poll_ends(kPerf, false); }
TEST(RingBuffer, APollEndsInTimeWhileEventsKeepComing) {
  NEEDS("ringbuf");
  expect_poll_ends(kRing, true);
}

TEST(PerfBuffer, ASlowCallbackDoesNotHoldThePoll) {
  auto session = attached(kPerf);
  ASSERT_TRUE(session) << session.error().what;
  int seen = 0;
  auto slow = [&](int, const void*, uint32_t) { seen++, ::usleep(10'000); };
  ASSERT_TRUE(session->map("events")->open_perf_buffer(slow, {}, 8));
  make_watched_calls(200);
  auto start = Clock::now();
  auto handled = session->poll(milliseconds(100));
  auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - start).count();
  ASSERT_TRUE(handled);
  EXPECT_LT(took, 300);
  EXPECT_LT(seen, 60);
  while (seen < 200 && *session->poll(milliseconds(100)) > 0) {
  }
  EXPECT_EQ(seen, 200);
}

TEST(Poll, WaitsItsTimeWhenNothingComes) {
  auto session = attached(kPerf);
  ASSERT_TRUE(session) << session.error().what;
  ASSERT_TRUE(session->map("events")->open_perf_buffer([](int, const void*, uint32_t) {}));
  auto start = Clock::now();
  EXPECT_EQ(*session->poll(milliseconds(120)), 0);
  EXPECT_GE(Clock::now() - start, milliseconds(119));
  EXPECT_EQ(*session->poll(milliseconds(0)), 0);
}

TEST(Poll, EndsWhenTheProgramDiscardedAllThatCame) {
  NEEDS("ringbuf");
  auto session = attached(kRing);
  ASSERT_TRUE(session) << session.error().what;
  ASSERT_TRUE(session->map("events")->open_ring_buffer([](const void*, uint32_t) { return 0; }));
  auto discarded_call = [] { ::syscall(SYS_getpriority, bpf::kWatchedArgument, 4); };
  discarded_call();
  EXPECT_EQ(*session->poll(milliseconds(-1)), 0);
  EXPECT_TRUE(session->found_records());
  std::thread later([&] {
    ::usleep(50'000);
    discarded_call();
  });
  EXPECT_EQ(*session->poll(milliseconds(-1)), 0);
  later.join();
  EXPECT_EQ(*session->poll(milliseconds(20)), 0);
  EXPECT_FALSE(session->found_records());
}

TEST(Poll, WakesForAnEventAndForASignal) {
  auto session = attached(kPerf);
  ASSERT_TRUE(session) << session.error().what;
  ASSERT_TRUE(session->map("events")->open_perf_buffer([](int, const void*, uint32_t) {}));
  std::thread later([] {
    ::usleep(50'000);
    make_watched_calls(1);
  });
  EXPECT_EQ(*session->poll(milliseconds(-1)), 1);
  later.join();
  struct sigaction quiet{};
  quiet.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &quiet, nullptr);
  std::thread signaller([self = ::pthread_self()] {
    ::usleep(50'000);
    ::pthread_kill(self, SIGUSR1);
  });
  auto interrupted = session->poll(milliseconds(-1));
  signaller.join();
  ASSERT_FALSE(interrupted);
  EXPECT_EQ(interrupted.error().code, EINTR);
}

}  // namespace
}  // namespace sonde::session
