// Rows, tables and histograms look as they should; histograms to the character as BCC's.
#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <cstring>

#include "cmd/event_rows.h"
#include "tool/outputs/histogram_text.h"
#include "cmd/map_report.h"

namespace sonde::cmd {

using namespace tool;
namespace {

using spec::TypeKind;

enum Id : spec::TypeId { kVoid, kU32, kU64, kChar, kComm, kEvent, kBucket, kPair };

spec::Spec spec_of_types() {
  spec::Spec spec;
  spec.types = {
      {TypeKind::kVoid, "void"},
      {TypeKind::kInt, "unsigned int", "u32", 4},
      {TypeKind::kInt, "unsigned long long", "u64", 8},
      {TypeKind::kChar, "char", "", 1, true},
      {TypeKind::kArray, "", "", 8, false, kChar, 8},
      {.kind = TypeKind::kStruct, .name = "event", .size = 32, .fields = {{"pid", kU32, 0}, {"comm", kComm, 64}, {"at", kPair, 128}}},
      {.kind = TypeKind::kStruct, .name = "bucket", .size = 16, .fields = {{"disk", kComm, 0}, {"slot", kU64, 64}}},
      {.kind = TypeKind::kStruct, .name = "pair", .size = 16, .fields = {{"x", kU64, 0}, {"y", kU64, 64}}},
  };
  return spec;
}

template <typename T>
std::string bytes_of(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string comm(std::string text) {
  text.resize(8);
  return text;
}

std::string event(uint32_t pid, const std::string& name, uint64_t x, uint64_t y) {
  return bytes_of<uint64_t>(pid) + comm(name) + bytes_of(x) + bytes_of(y);
}

TEST(EventRows, ColumnsAreAlignedUnderTheirNames) {
  spec::Spec spec = spec_of_types();
  EventRows rows(spec, {.name = "events", .event = kEvent});
  EXPECT_EQ(rows.header(), "    pid  comm                 at.x             at.y");
  EXPECT_EQ(rows.row(event(1, "sh", 2, 3)), "      1  sh                      2                3");
}

TEST(EventRows, AWideValueWidensItsColumn) {
  spec::Spec spec = spec_of_types();
  EventRows rows(spec, {.name = "events", .event = kEvent});
  EXPECT_EQ(rows.row(event(4000000000, "sh", 2, 3)), "4000000000  sh                      2                3");
  EXPECT_EQ(rows.row(event(1, "sh", 2, 3)), "         1  sh                      2                3");
}

TEST(EventRows, AShortEventHasDashes) {
  spec::Spec spec = spec_of_types();
  EventRows rows(spec, {.name = "events", .event = kEvent});
  EXPECT_EQ(rows.row(event(1, "sh", 2, 3).substr(0, 24)), "      1  sh                      2                -");
}

TEST(EventRows, WithoutATypeBytesAreShown) {
  spec::Spec spec = spec_of_types();
  EventRows rows(spec, {.name = "events"});
  EXPECT_EQ(rows.row(std::string("\x01\xab", 2)), "01ab");
}

TEST(Histogram, IsBccsToTheCharacter) {
  std::vector<uint64_t> counts(9);
  counts[1] = 1, counts[2] = 2, counts[4] = 7, counts[5] = 40, counts[7] = 120, counts[8] = 3;
  EXPECT_EQ(log2_histogram(counts, "usecs"),
            "     usecs               : count     distribution\n"
            "         0 -> 1          : 1        |                                        |\n"
            "         2 -> 3          : 2        |                                        |\n"
            "         4 -> 7          : 0        |                                        |\n"
            "         8 -> 15         : 7        |**                                      |\n"
            "        16 -> 31         : 40       |*************                           |\n"
            "        32 -> 63         : 0        |                                        |\n"
            "        64 -> 127        : 120      |****************************************|\n"
            "       128 -> 255        : 3        |*                                       |\n");
}

TEST(Histogram, OfLargeValuesIsWide) {
  std::vector<uint64_t> counts(35);
  counts[33] = 10, counts[34] = 5;
  std::string text = log2_histogram(counts, "nsecs");
  EXPECT_EQ(text.substr(0, text.find('\n') + 1), "               nsecs                         : count     distribution\n");
  EXPECT_NE(text.find("          4294967296 -> 8589934591           : 10       |********************|\n"
                      "          8589934592 -> 17179869183          : 5        |**********          |\n"),
            std::string::npos);
}

TEST(Histogram, OfNothingIsNothing) {
  EXPECT_EQ(log2_histogram({}, "x"), "");
  EXPECT_EQ(log2_histogram({5}, "x"), "");
  std::vector<uint64_t> last(65);
  last[64] = 1;
  EXPECT_NE(log2_histogram(last, "x").find(" 9223372036854775808 -> 18446744073709551615 : 1        |********************|\n"), std::string::npos);
}

TEST(MapReport, HashesAreSortedByValue) {
  spec::Map map{"counts", "hash", BPF_MAP_TYPE_HASH, 4, 8, 100, 0, kU32, kU64};
  std::vector<MapEntry> entries = {{bytes_of<uint32_t>(1), bytes_of<uint64_t>(300)},
                                   {bytes_of<uint32_t>(1000), bytes_of<uint64_t>(2)},
                                   {bytes_of<uint32_t>(7), bytes_of<uint64_t>(256)}};
  EXPECT_EQ(map_report(spec_of_types(), map, entries), "counts:\n  1000 -> 2\n  7    -> 256\n  1    -> 300\n");
}

TEST(MapReport, PerCpuCountersAreAddedUp) {
  spec::Map map{"counts", "percpu_hash", BPF_MAP_TYPE_PERCPU_HASH, 4, 4, 100, 0, kU32, kU32};
  std::string value = bytes_of<uint64_t>(3) + bytes_of<uint64_t>(4);
  EXPECT_EQ(map_report(spec_of_types(), map, {{bytes_of<uint32_t>(9), value}}), "counts:\n  9 -> 7\n");
}

TEST(MapReport, PerCpuRecordsAreShownByCpu) {
  spec::Map map{"pairs", "percpu_array", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 16, 1, 0, kU32, kPair};
  std::string value = bytes_of<uint64_t>(0) + bytes_of<uint64_t>(0) + bytes_of<uint64_t>(1) + bytes_of<uint64_t>(2);
  EXPECT_EQ(map_report(spec_of_types(), map, {{bytes_of<uint32_t>(0), value}}), "pairs:\n  0 -> cpu1: {x=1, y=2}\n");
}

TEST(MapReport, HistogramsAreDrawn) {
  spec::Map map{"dist", "histogram", BPF_MAP_TYPE_ARRAY, 4, 8, 64, 0, kU32, kU64};
  EXPECT_EQ(map_report(spec_of_types(), map, {{bytes_of<uint32_t>(2), bytes_of<uint64_t>(5)}}),
            "     dist                : count     distribution\n"
            "         0 -> 1          : 0        |                                        |\n"
            "         2 -> 3          : 5        |****************************************|\n");
}

TEST(MapReport, AHistogramWithBucketsIsOneForEach) {
  spec::Map map{"dist", "histogram", BPF_MAP_TYPE_HASH, 16, 8, 64, 0, kBucket, kU64};
  auto key = [](const char* disk, uint64_t slot) { return comm(disk) + bytes_of(slot); };
  std::string text = map_report(spec_of_types(), map, {{key("sdb", 1), bytes_of<uint64_t>(5)}, {key("sda", 1), bytes_of<uint64_t>(2)}});
  EXPECT_EQ(text,
            "\ndisk = sda\n"
            "     dist                : count     distribution\n"
            "         0 -> 1          : 2        |****************************************|\n"
            "\ndisk = sdb\n"
            "     dist                : count     distribution\n"
            "         0 -> 1          : 5        |****************************************|\n");
}

TEST(MapReport, OnlyMapsThatMeanSomethingAreShown) {
  EXPECT_TRUE(is_reported({.name = "counts", .type = BPF_MAP_TYPE_HASH}));
  EXPECT_FALSE(is_reported({.name = "events", .type = BPF_MAP_TYPE_PERF_EVENT_ARRAY}));
  EXPECT_FALSE(is_reported({.name = "stacks", .type = BPF_MAP_TYPE_STACK_TRACE}));
  EXPECT_FALSE(is_reported({.name = ".rodata", .type = BPF_MAP_TYPE_ARRAY}));
  EXPECT_EQ(map_report(spec_of_types(), {.name = "counts", .type = BPF_MAP_TYPE_HASH}, {}), "");
}

}  // namespace
}  // namespace sonde::cmd
