// Computed columns.
#include "tool/text/expression.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sonde::tool {
namespace {

double value(std::string_view expression) {
  auto names = [](std::string_view name) { return name == "hits" ? 30.0 : name == "misses" ? 10.0 : std::nan(""); };
  Result<double> result = evaluate(expression, names);
  EXPECT_TRUE(result) << result.error().what;
  return result.value_or(-1);
}

std::string error(std::string_view expression) {
  Result<double> result = evaluate(expression, [](std::string_view) { return std::nan(""); });
  return result ? "" : result.error().what;
}

TEST(Expression, CountsAsInSchool) {
  EXPECT_EQ(value("1 + 2 * 3"), 7);
  EXPECT_EQ(value("(1 + 2) * 3"), 9);
  EXPECT_EQ(value("100 * hits / (hits + misses)"), 75);
  EXPECT_EQ(value("-2 - -3"), 1);
  EXPECT_EQ(value("max(0, hits - 50) + min(2, 3)"), 2);
}

TEST(Expression, DividesByZeroIntoNothing) { EXPECT_EQ(value("5 / 0"), 0); }

TEST(Expression, NamesWhatIsWrong) {
  EXPECT_EQ(error("lost"), "there is no lost");
  EXPECT_EQ(error("(1"), "a ) is missing");
  EXPECT_EQ(error("1 2"), "2 is not expected");
  EXPECT_EQ(error("1 +"), "a number or a name is missing");
  EXPECT_EQ(error(std::string(1000, '(')), "it is nested too deep");
}

}  // namespace
}  // namespace sonde::tool
