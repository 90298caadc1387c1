// Words in braces.
#include "frame/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonde::frame {
namespace {

std::string upper(const std::string& word) { return "<" + word + ">"; }

TEST(Pattern, WordsAreReplaced) {
  EXPECT_EQ(filled("slower than {min_us} us, {a}{b}", upper), "slower than <min_us> us, <a><b>");
  EXPECT_EQ(filled("{option?failed }calls", upper), "<option?failed >calls");
  EXPECT_EQ(filled("{option?above {min_us} us} calls", upper), "<option?above {min_us} us> calls");
}

TEST(Pattern, TheClockAndTheLoadAreKnown) {
  EXPECT_THAT(filled("{time} loadavg: {loadavg}", upper), testing::MatchesRegex("[0-9:]{8} loadavg: [0-9.]+ .*"));
}

TEST(Pattern, ABraceThatNothingClosesStandsForItself) {
  EXPECT_EQ(filled("a { b", upper), "a { b");
  EXPECT_EQ(filled("} {", upper), "} {");
}

}  // namespace
}  // namespace sonde::frame
