// Words in braces.
#include "tool/formats/text_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonde::tool {
namespace {

FormatContext formats;

std::string upper(const std::string& word) { return "<" + word + ">"; }

TEST(TextTemplate, WordsAreReplaced) {
  EXPECT_EQ(filled("slower than {min_us} us, {a}{b}", formats, upper), "slower than <min_us> us, <a><b>");
  EXPECT_EQ(filled("{option?failed }calls", formats, upper), "<option?failed >calls");
  EXPECT_EQ(filled("{option?above {min_us} us} calls", formats, upper), "<option?above {min_us} us> calls");
}

TEST(TextTemplate, TheClockAndTheLoadAreKnown) {
  EXPECT_THAT(filled("{time} loadavg: {loadavg}", formats, upper),
              testing::MatchesRegex("[0-9:]{8} loadavg: [0-9.]+ .*"));
}

TEST(TextTemplate, ABraceThatNothingClosesStandsForItself) {
  EXPECT_EQ(filled("a { b", formats, upper), "a { b");
  EXPECT_EQ(filled("} {", formats, upper), "} {");
}

}  // namespace
}  // namespace sonde::tool
