// Programs at perf events: exact counts of a process's page faults and switches, ticks on every CPU, and errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <barrier>
#include <chrono>
#include <thread>

#include "kernel/cpus.h"
#include "session/state/loaded_test.h"

namespace sonde::session {
namespace {

using bpf::test_program;
using testing::HasSubstr;

constexpr const char* kCount = R"(
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 256);
         __type(key, u32); __type(value, u64); } counts SEC(".maps");
SEC("sonde/hit") int hit(void *ctx) {
  u32 cpu = bpf_get_smp_processor_id();
  u64 *value = bpf_map_lookup_elem(&counts, &cpu);
  if (value) __sync_fetch_and_add(value, 1);
  return 0;
}
)";

Result<Session> load_counter() { return load_test(kCount, {test_program("hit")}); }

uint64_t count_on(const Map& map, uint32_t cpu) {
  uint64_t value = 0;
  EXPECT_TRUE(map.lookup(&cpu, &value));
  return value;
}

uint64_t count_of(const Session& session) {
  Map map = session.map("counts").value();
  uint64_t sum = 0;
  for (uint32_t cpu = 0; cpu < 256; cpu++) sum += count_on(map, cpu);
  return sum;
}

// Memory whose pages are not there until they are touched.
class FreshPages {
 public:
  explicit FreshPages(size_t count) : count_(count) {
    start_ = static_cast<volatile char*>(
        ::mmap(nullptr, count * kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ::madvise(const_cast<char*>(start_), count * kSize, MADV_NOHUGEPAGE);
  }
  ~FreshPages() { ::munmap(const_cast<char*>(start_), count_ * kSize); }
  void touch() const {
    for (size_t i = 0; i < count_; i++) start_[i * kSize] = 1;
  }

 private:
  static constexpr size_t kSize = 4096;
  size_t count_;
  volatile char* start_;
};

const Session::PerfEvent kFaults{
    .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS, .sample_period = 1, .pid = 0};

// How many events there are while `act` runs, once all that it needs has been touched by running it before.
uint64_t counted(const Session& session, const std::function<void()>& warm_up, const std::function<void()>& act) {
  warm_up();
  uint64_t before = count_of(session);
  before = count_of(session);
  act();
  return count_of(session) - before;
}

TEST(PerfEvent, EveryPageFaultOfTheProcess) {
  auto session = load_counter();
  ASSERT_TRUE(session) << session.error().what;
  FreshPages warm(8), pages(1000);
  auto attached = session->attach_perf_event(kFaults, "hit");
  ASSERT_TRUE(attached) << attached.error().what;
  EXPECT_EQ(counted(*session, [&] { warm.touch(); }, [&] { pages.touch(); }), 1000u);
  EXPECT_EQ(counted(*session, [] {}, [&] { pages.touch(); }), 0u);
}

TEST(PerfEvent, APeriodIsKeptAcrossCpus) {
  auto session = load_counter();
  ASSERT_TRUE(session) << session.error().what;
  FreshPages warm(8), pages(1000);
  Session::PerfEvent every_hundredth = kFaults;
  every_hundredth.sample_period = 100;
  ASSERT_TRUE(session->attach_perf_event(every_hundredth, "hit"));
  uint64_t count = counted(*session, [&] { warm.touch(); }, [&] { pages.touch(); });
  EXPECT_EQ(count, 10u);
}

TEST(PerfEvent, ThreadsThatAreThereAndThreadsToCome) {
  auto session = load_counter();
  ASSERT_TRUE(session) << session.error().what;
  FreshPages warm[2] = {FreshPages(8), FreshPages(8)}, pages[2] = {FreshPages(300), FreshPages(300)};
  std::barrier steps(3);
  auto work = [&](int i) {
    warm[i].touch();
    steps.arrive_and_wait();  // warm
    steps.arrive_and_wait();  // counted once
    pages[i].touch();
    steps.arrive_and_wait();  // touched
    steps.arrive_and_wait();  // counted again: a thread that ends unmaps, and may fault
  };
  std::thread there(work, 0);
  ASSERT_TRUE(session->attach_perf_event(kFaults, "hit"));
  std::thread to_come(work, 1);
  steps.arrive_and_wait();
  uint64_t before = count_of(*session);
  before = count_of(*session);
  steps.arrive_and_wait();
  steps.arrive_and_wait();
  uint64_t after = count_of(*session);
  steps.arrive_and_wait();
  there.join();
  to_come.join();
  EXPECT_EQ(after - before, 600u);
}

TEST(PerfEvent, OtherProcessesAreNotSeenAndChildrenAre) {
  auto session = load_counter();
  ASSERT_TRUE(session) << session.error().what;
  int go[2], done[2];
  ASSERT_EQ(::pipe(go), 0);
  ASSERT_EQ(::pipe(done), 0);
  pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    (void)!::read(go[0], &byte, 1);
    FreshPages(500).touch();
    (void)!::write(done[1], &byte, 1);
    ::_exit(0);
  }
  ASSERT_TRUE(session->attach_perf_event(kFaults, "hit"));
  uint64_t count = counted(
      *session, [] {},
      [&] {
        char byte = 0;
        (void)!::write(go[1], &byte, 1);
        (void)!::read(done[0], &byte, 1);
      });
  EXPECT_LT(count, 500u);
  ::waitpid(child, nullptr, 0);
  pid_t later = ::fork();
  if (later == 0) {
    FreshPages(500).touch();
    ::_exit(0);
  }
  ::waitpid(later, nullptr, 0);
  EXPECT_GE(count_of(*session), 500u);
  for (int fd : {go[0], go[1], done[0], done[1]}) ::close(fd);
}

uint64_t switches_so_far() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return static_cast<uint64_t>(usage.ru_nvcsw + usage.ru_nivcsw);
}

// Both counters at one moment: no switch fell between the two readings.
std::pair<uint64_t, uint64_t> switches_and_count(const Session& session) {
  while (true) {
    uint64_t switches = switches_so_far();
    uint64_t count = count_of(session);
    if (switches_so_far() == switches) return {switches, count};
  }
}

TEST(PerfEvent, EveryContextSwitchOfTheProcess) {
  auto session = load_counter();
  ASSERT_TRUE(session) << session.error().what;
  Session::PerfEvent switches{
      .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CONTEXT_SWITCHES, .sample_period = 1, .pid = ::getpid()};
  ASSERT_TRUE(session->attach_perf_event(switches, "hit"));
  auto [switches_before, count_before] = switches_and_count(*session);
  // A sleep whose time is over before the CPU is given away is no switch: slow machines need more than 50 of them.
  while (switches_so_far() < switches_before + 50) std::this_thread::sleep_for(std::chrono::microseconds(50));
  auto [switches_after, count_after] = switches_and_count(*session);
  EXPECT_GE(switches_after - switches_before, 50u);
  EXPECT_EQ(count_after - count_before, switches_after - switches_before);
}

// Runs on the CPU until it has seen `wanted` ticks there, or for half a minute.
bool ticks_on(const Map& map, int cpu, uint64_t wanted) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  if (::sched_setaffinity(0, sizeof one, &one) != 0) return false;
  uint64_t start = count_on(map, static_cast<uint32_t>(cpu));
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < until) {
    if (count_on(map, static_cast<uint32_t>(cpu)) >= start + wanted) return true;
  }
  return false;
}

TEST(PerfEvent, AClockTicksOnEveryCpu) {
  auto session = load_counter();
  ASSERT_TRUE(session) << session.error().what;
  Session::PerfEvent clock{.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = 99};
  auto attached = session->attach_perf_event(clock, "hit");
  ASSERT_TRUE(attached) << attached.error().what;
  auto cpus = kernel::online_cpus();
  ASSERT_TRUE(cpus);
  std::thread([&] {
    for (int cpu : *cpus) EXPECT_TRUE(ticks_on(session->map("counts").value(), cpu, 5)) << "CPU " << cpu;
  }).join();
}

TEST(PerfEvent, OneCpuAlone) {
  auto session = load_counter();
  ASSERT_TRUE(session) << session.error().what;
  auto cpus = kernel::online_cpus();
  ASSERT_TRUE(cpus);
  Session::PerfEvent clock{
      .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = 99, .cpu = cpus->back()};
  ASSERT_TRUE(session->attach_perf_event(clock, "hit"));
  std::thread([&] { EXPECT_TRUE(ticks_on(session->map("counts").value(), cpus->back(), 5)); }).join();
  session->detach_all();
  EXPECT_EQ(count_of(*session), count_on(session->map("counts").value(), static_cast<uint32_t>(cpus->back())));
}

TEST(PerfEvent, DetachedItIsSilent) {
  auto session = load_counter();
  ASSERT_TRUE(session) << session.error().what;
  FreshPages pages(100);
  ASSERT_TRUE(session->attach_perf_event(kFaults, "hit"));
  ASSERT_TRUE(session->detach("perf_event", fmt::format("{}:{}", kFaults.type, kFaults.config)));
  EXPECT_EQ(counted(*session, [] {}, [&] { pages.touch(); }), 0u);
}

TEST(PerfEvent, DescribedByAWholeStruct) {
  auto session = load_counter();
  ASSERT_TRUE(session) << session.error().what;
  FreshPages warm(8), pages(700);
  perf_event_attr attr{};
  attr.size = sizeof attr;
  attr.type = PERF_TYPE_SOFTWARE;
  attr.config = PERF_COUNT_SW_PAGE_FAULTS_MIN;
  attr.sample_period = 7;
  auto attached = session->attach_perf_event_raw(attr, "hit", ::getpid());
  ASSERT_TRUE(attached) << attached.error().what;
  EXPECT_EQ(counted(*session, [&] { warm.touch(); }, [&] { pages.touch(); }), 100u);
  attr.size = 8;
  EXPECT_EQ(session->attach_perf_event_raw(attr, "hit").error().what, "perf_event_attr::size is 8");
  attr.size = sizeof attr;
  attr.freq = 1;
  attr.sample_freq = 1'000'000'000;
  EXPECT_THAT(session->attach_perf_event_raw(attr, "hit").error().what,
              HasSubstr("above kernel.perf_event_max_sample_rate"));
}

TEST(PerfEvent, WhatIsNotThereIsNamed) {
  auto session = load_counter();
  ASSERT_TRUE(session) << session.error().what;
  auto error = [&](auto change) {
    Session::PerfEvent event{.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = 99};
    change(event);
    auto attached = session->attach_perf_event(event, "hit");
    return attached ? std::string("attached") : attached.error().what;
  };
  pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(error([&](auto& event) { event.pid = child; }),
            fmt::format("perf_event cpu-clock: there is no process {}", child));
  EXPECT_EQ(error([](auto& event) { event.cpu = 77777; }), "perf_event cpu-clock: CPU 77777 is not online");
  EXPECT_EQ(error([](auto& event) { event.group_fd = 0; }),
            "perf_event cpu-clock: group_fd 0 is no descriptor of a perf event");
  EXPECT_THAT(error([](auto& event) { event.sample_freq = 1'000'000'000; }),
              HasSubstr("above kernel.perf_event_max_sample_rate"));
  EXPECT_THAT(error([](auto& event) { event.sample_freq = 0, event.sample_period = 1ull << 63; }), HasSubstr("2^63"));
}

}  // namespace
}  // namespace sonde::session
