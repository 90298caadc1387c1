#include "tool/text/template_parts.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sonde::tool {
namespace {

// "text|<word>|text".
std::string parts_of(std::string_view pattern) {
  std::string all;
  for (const TemplatePart& part : template_parts(pattern)) {
    if (!all.empty()) all += '|';
    all += part.is_word ? "<" + std::string(part.text) + ">" : std::string(part.text);
  }
  return all;
}

TEST(TemplateParts, WordsStandBetweenBraces) {
  EXPECT_EQ(parts_of(""), "");
  EXPECT_EQ(parts_of("none"), "none");
  EXPECT_EQ(parts_of("a {b}{c} d"), "a |<b>|<c>| d");
  EXPECT_EQ(parts_of("{}"), "<>");
  EXPECT_EQ(parts_of("{a?b {c} d}"), "<a?b {c} d>");
}

TEST(TemplateParts, ABraceThatNothingClosesStandsForItself) {
  EXPECT_EQ(parts_of("a { b"), "a { b");
  EXPECT_EQ(parts_of("} {"), "} {");
  EXPECT_EQ(parts_of("a { b {c} d"), "a { b |<c>| d");
}

TEST(TemplateParts, ManyOpenBracesTakeNoQuadraticTime) {
  auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(template_parts(std::string(1 << 20, '{')).size(), 1u);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

}  // namespace
}  // namespace sonde::tool
