// Perf events are called by perf's names, and an error says what would have worked.
#include "bpf/hooks/perf_event_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/perf_event.h>

#include <cerrno>

#include "base/file.h"

namespace sonde::bpf {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr uint64_t kMissedLoads = PERF_COUNT_HW_CACHE_OP_READ << 8 | PERF_COUNT_HW_CACHE_RESULT_MISS << 16;

PerfEvent clock_at(uint64_t hertz) {
  PerfEvent wanted;
  wanted.type = PERF_TYPE_SOFTWARE;
  wanted.config = PERF_COUNT_SW_CPU_CLOCK;
  wanted.sample_freq = hertz;
  return wanted;
}

Error failure(const PerfEvent& wanted, int code, int pid = -1, int cpu = 0) {
  return perf_event_failed(wanted, pid, cpu, code).value();
}

TEST(PerfEventName, IsPerfs) {
  EXPECT_EQ(perf_event_name(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES), "cpu-cycles");
  EXPECT_EQ(perf_event_name(PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES), "ref-cycles");
  EXPECT_EQ(perf_event_name(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CGROUP_SWITCHES), "cgroup-switches");
  EXPECT_EQ(perf_event_name(PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_LL | kMissedLoads), "LLC-load-misses");
  EXPECT_EQ(perf_event_name(PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_DTLB | PERF_COUNT_HW_CACHE_OP_WRITE << 8),
            "dTLB-stores");
  EXPECT_EQ(perf_event_name(PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_NODE | PERF_COUNT_HW_CACHE_OP_PREFETCH << 8),
            "node-prefetches");
  EXPECT_EQ(perf_event_name(PERF_TYPE_RAW, 0x1c2), "type 4 config 0x1c2");
  EXPECT_EQ(perf_event_name(PERF_TYPE_HARDWARE, 77), "type 0 config 0x4d");
}

TEST(PerfEventCheck, PeriodOrFrequency) {
  EXPECT_TRUE(check_perf_event(clock_at(99)));
  PerfEvent both = clock_at(99);
  both.sample_period = 1;
  for (const PerfEvent& wrong : {both, clock_at(0)}) {
    auto checked = check_perf_event(wrong);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().what, "perf_event cpu-clock: exactly one of sample_period and sample_freq must be given");
  }
}

TEST(PerfEventCheck, TypesAndConfigsThatAreNone) {
  auto wanted = [](uint32_t type, uint64_t config) {
    PerfEvent event = clock_at(99);
    event.type = type, event.config = config;
    return check_perf_event(event);
  };
  EXPECT_THAT(wanted(PERF_TYPE_TRACEPOINT, 300).error().hint, StartsWith("attach_tracepoint()"));
  EXPECT_THAT(wanted(PERF_TYPE_BREAKPOINT, 0).error().hint, StartsWith("attach_perf_event_raw()"));
  EXPECT_EQ(wanted(PERF_TYPE_SOFTWARE, 12).error().what,
            "perf_event type 1 config 0xc: there is no such config for the type");
  EXPECT_FALSE(wanted(PERF_TYPE_HARDWARE, 10));
  EXPECT_THAT(wanted(PERF_TYPE_HW_CACHE, 2 << 16).error().hint, HasSubstr("RESULT << 16"));
  EXPECT_TRUE(wanted(PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_L1D | kMissedLoads));
  EXPECT_TRUE(wanted(PERF_TYPE_RAW, 0xffff));
  EXPECT_TRUE(wanted(37, 12345));  // a PMU of /sys/bus/event_source/devices
}

TEST(PerfEventError, WithoutCountersNamesWhatCanBeHad) {
  PerfEvent cycles = clock_at(99);
  cycles.type = PERF_TYPE_HARDWARE;
  Error error = failure(cycles, ENOENT);
  EXPECT_EQ(error.kind, ErrorKind::kUnsupported);
  EXPECT_THAT(error.what, StartsWith("perf_event cpu-cycles: this "));
  EXPECT_EQ(error.hint, "the software event cpu-clock (type 1, config 0) samples by time, everywhere");
  EXPECT_EQ(failure(clock_at(99), ENOENT).what, "perf_event cpu-clock: this kernel has no such event");
}

TEST(PerfEventError, TheLimitOfTheFrequencyIsNamed) {
  auto limit = base::read_file("/proc/sys/kernel/perf_event_max_sample_rate");
  ASSERT_TRUE(limit) << limit.error().what;
  uint64_t hertz = std::stoull(*limit);
  EXPECT_EQ(failure(clock_at(hertz + 1), EINVAL).what,
            fmt::format(
                "perf_event cpu-clock: a sample_freq of {} Hz is above kernel.perf_event_max_sample_rate, which is {}",
                hertz + 1, hertz));
  EXPECT_THAT(failure(clock_at(99), EINVAL).what, HasSubstr("does not take this combination"));
}

TEST(PerfEventError, MissingRightsNameTheSetting) {
  auto paranoia = base::read_file("/proc/sys/kernel/perf_event_paranoid");
  ASSERT_TRUE(paranoia) << paranoia.error().what;
  Error error = failure(clock_at(99), EACCES);
  EXPECT_EQ(error.kind, ErrorKind::kPermission);
  EXPECT_EQ(error.what, "perf_event cpu-clock: Permission denied");
  EXPECT_THAT(error.hint, StartsWith(fmt::format("kernel.perf_event_paranoid is {}; ", std::stoi(*paranoia))));
}

TEST(PerfEventError, AbsentCpusProcessesAndGroupsAreNamed) {
  EXPECT_EQ(failure(clock_at(99), ENODEV, -1, 100000).what, "perf_event cpu-clock: CPU 100000 is not online");
  EXPECT_THAT(failure(clock_at(99), ENODEV, -1, 100000).hint, StartsWith("online: 0"));
  EXPECT_EQ(failure(clock_at(99), ENODEV, -1, 100000).code, ENODEV);
  EXPECT_EQ(failure(clock_at(99), ESRCH, 4711, -1).what, "perf_event cpu-clock: there is no process 4711");
  PerfEvent grouped = clock_at(99);
  grouped.group_fd = 7;
  EXPECT_EQ(failure(grouped, EBADF).what, "perf_event cpu-clock: group_fd 7 is no descriptor of a perf event");
  EXPECT_THAT(failure(grouped, EINVAL).what, HasSubstr("cannot be in the group of descriptor 7"));
}

}  // namespace
}  // namespace sonde::bpf
