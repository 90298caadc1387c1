#include "tool/outputs/heat_map.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sonde::tool {
namespace {

size_t times(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) count++;
  return count;
}

TEST(HeatMap, OneCellForEachCountThatIsNotZero) {
  std::vector<std::vector<uint64_t>> counts{{0, 5, 0}, {1, 0, 7}};
  std::string svg = heat_map(counts, {"latency", {"10:00", "10:01"}, {"0 -> 1", "2 -> 3", "4 -> 7"}, {}, "calls"});
  EXPECT_EQ(times(svg, "<title>10:00, 2 -&gt; 3: 5 calls</title>"), 1u);
  EXPECT_EQ(times(svg, "<title>10:01, 4 -&gt; 7: 7 calls</title>"), 1u);
  EXPECT_EQ(times(svg.substr(0, svg.find("<g id=\"scale\">")), " calls</title>"), 3u);
}

TEST(HeatMap, BucketsThatNeverHeldAnythingAtTheEndsAreLeftOut) {
  std::vector<std::vector<uint64_t>> counts{{0, 0, 3, 0, 1, 0}};
  std::string svg = heat_map(counts, {"t", {"now"}, {"b0", "b1", "b2", "b3", "b4", "b5"}});
  for (const char* shown : {">b2<", ">b3<", ">b4<"}) EXPECT_EQ(times(svg, shown), 1u) << shown;
  for (const char* hidden : {">b0<", ">b1<", ">b5<"}) EXPECT_EQ(times(svg, hidden), 0u) << hidden;
  EXPECT_LT(svg.find(">b2<"), svg.find(">b4<"));
}

TEST(HeatMap, TheMostIsTheDarkest) {
  std::vector<std::vector<uint64_t>> counts{{1'000'000}, {1}};
  std::string svg = heat_map(counts, {"t", {"a", "b"}, {"all"}});
  EXPECT_NE(svg.find("fill=\"rgb(120,10,20)\"><title>a,"), svg.npos);
  EXPECT_EQ(svg.find("fill=\"rgb(120,10,20)\"><title>b,"), svg.npos);
}

TEST(HeatMap, AScaleSaysWhatTheShadesMean) {
  std::vector<std::vector<uint64_t>> counts{{1000}, {1}};
  std::string svg = heat_map(counts, {"t", {"a", "b"}, {"all"}, {}, "calls"});
  std::string scale = svg.substr(svg.find("<g id=\"scale\">"));
  EXPECT_EQ(times(scale, "<rect "), 8u);
  EXPECT_NE(scale.find("rgb(120,10,20)\"><title>1000 calls<"), svg.npos);
  EXPECT_NE(scale.find("<title>1 calls<"), svg.npos);
  EXPECT_NE(scale.find(">1000 calls</text>"), svg.npos);
  EXPECT_EQ(heat_map({}, {"t"}).find("id=\"scale\""), svg.npos);
}

TEST(HeatMap, RowsMayHaveShortNames) {
  std::vector<std::vector<uint64_t>> counts{{0, 3}};
  std::string svg = heat_map(counts, {"t", {"now"}, {"0 -> 1 usecs", "1024 -> 2047 usecs"}, {"0", "1 ms"}});
  EXPECT_EQ(times(svg, ">1 ms</text>"), 1u);
  EXPECT_EQ(times(svg, "now, 1024 -&gt; 2047 usecs: 3 events"), 1u);
}

TEST(HeatMap, NothingAtAllIsAnEmptyPicture) { EXPECT_NE(heat_map({}, {"t"}).find("</svg>"), std::string::npos); }

}  // namespace
}  // namespace sonde::tool
