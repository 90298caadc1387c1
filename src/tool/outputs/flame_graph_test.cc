#include "tool/outputs/flame_graph.h"

#include <gtest/gtest.h>

#include <regex>

#include "tool/outputs/svg.h"

namespace sonde::tool {
namespace {

struct Drawn {
  double x, w;
};

// The frames of a name: where they begin and how wide they are, as shares of the whole.
std::vector<Drawn> frames_named(const std::string& svg, const std::string& name) {
  std::regex pattern("data-x=\"([^\"]*)\" data-w=\"([^\"]*)\" data-y=\"[^\"]*\" data-n=\"" + name + "\"");
  std::vector<Drawn> found;
  for (std::sregex_iterator at(svg.begin(), svg.end(), pattern), end; at != end; ++at) {
    found.push_back({std::stod((*at)[1]), std::stod((*at)[2])});
  }
  return found;
}

TEST(FlameGraph, WidthsAreSharesOfTheWhole) {
  std::vector<WeightedStack> stacks{{{"main", "read"}, 30}, {{"main", "write"}, 10}, {{"idle"}, 60}};
  std::string svg = flame_graph(stacks, {"title"});
  EXPECT_DOUBLE_EQ(frames_named(svg, "all").at(0).w, 1);
  EXPECT_DOUBLE_EQ(frames_named(svg, "main").at(0).w, 0.4);
  EXPECT_DOUBLE_EQ(frames_named(svg, "read").at(0).w, 0.3);
  EXPECT_DOUBLE_EQ(frames_named(svg, "idle").at(0).x, 0);     // by name
  EXPECT_DOUBLE_EQ(frames_named(svg, "write").at(0).x, 0.9);  // behind idle and read
}

TEST(FlameGraph, EqualStacksAreOneAndTheSameFunctionElsewhereIsAnother) {
  std::vector<WeightedStack> stacks{{{"a", "lock"}, 1}, {{"b", "lock"}, 1}, {{"a", "lock"}, 2}};
  auto locks = frames_named(flame_graph(stacks, {"t"}), "lock");
  ASSERT_EQ(locks.size(), 2u);
  EXPECT_DOUBLE_EQ(locks[0].w, 0.75);
  EXPECT_DOUBLE_EQ(locks[1].w, 0.25);
}

TEST(FlameGraph, WhatIsTooNarrowIsLeftOut) {
  std::vector<WeightedStack> stacks{{{"wide"}, 1'000'000}, {{"narrow"}, 1}};
  std::string svg = flame_graph(stacks, {"t"});
  EXPECT_EQ(frames_named(svg, "wide").size(), 1u);
  EXPECT_TRUE(frames_named(svg, "narrow").empty());
}

TEST(FlameGraph, NamesCannotLeaveTheirPlace) {
  std::vector<WeightedStack> stacks{{{"std::vector<int>::at\"/><script>", "\x1b[2J\xff"}, 1}};
  std::string svg = flame_graph(stacks, {"a & b"});
  EXPECT_NE(svg.find("std::vector&lt;int&gt;::at&quot;/&gt;&lt;script&gt;"), svg.npos);
  EXPECT_EQ(svg.find('\x1b'), svg.npos);
  EXPECT_EQ(svg.find('\xff'), svg.npos);
  EXPECT_NE(svg.find("<title>a &amp; b</title>"), svg.npos);
}

TEST(FlameGraph, NothingAtAllIsAnEmptyPicture) {
  std::string svg = flame_graph({}, {"t"});
  EXPECT_NE(svg.find("</svg>"), svg.npos);
}

TEST(FlameGraph, EndlessStacksAreCut) {
  WeightedStack deep{std::vector<std::string>(100'000, "again"), 1};
  EXPECT_EQ(frames_named(flame_graph(std::span(&deep, 1), {"t"}), "again").size(), 512u);
}

TEST(FlameGraph, ARunOfUnknownFramesIsOne) {
  WeightedStack garbage{{"main"}, 3};
  garbage.frames.insert(garbage.frames.end(), 150, "[unknown]");
  garbage.frames.push_back("read");
  garbage.frames.insert(garbage.frames.end(), 3, "[unknown]_[k]");
  std::vector<WeightedStack> stacks{garbage, {{"main", "[unknown]", "read"}, 1}, {{"main", "main"}, 1}};
  std::string svg = flame_graph(stacks, {"t"});
  EXPECT_EQ(frames_named(svg, "\\[unknown\\]").size(), 1u);
  EXPECT_DOUBLE_EQ(frames_named(svg, "read").at(0).w, 0.8);
  EXPECT_EQ(frames_named(svg, "\\[unknown\\]_\\[k\\]").size(), 1u);
  EXPECT_EQ(frames_named(svg, "main").size(), 2u);  // a function that calls itself is not unknown
}

TEST(FlameGraph, TheTotalIsSaidWithItsUnit) {
  std::vector<WeightedStack> stacks{{{"a"}, 1'234'000}, {{"b"}, 567}};
  EXPECT_NE(flame_graph(stacks, {"t", "us"}).find(">1,234,567 us</text>"), std::string::npos);
  EXPECT_NE(flame_graph({}, {"t"}).find(">0 samples</text>"), std::string::npos);
}

TEST(XmlText, KeepsWhatIsUtf8) {
  EXPECT_EQ(xml_text("größe → 😀"), "größe → 😀");
  EXPECT_EQ(xml_text("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // half of a pair
  EXPECT_EQ(xml_text("\xc3"), "\uFFFD");
}

}  // namespace
}  // namespace sonde::tool
