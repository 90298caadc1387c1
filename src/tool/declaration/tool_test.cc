// What a tool declares.
#include "tool/declaration/tool.h"

#include <gtest/gtest.h>

#include "tool/declaration/made_tool_test.h"

namespace sonde::tool {
namespace {

std::string error_of(const spec::Spec& spec) {
  Result<Tool> tool = read_tool(spec, "made");
  return tool ? "" : tool.error().what;
}

TEST(Tool, IsAToolByItsSummaryAlone) {
  spec::Spec spec = made_spec();
  EXPECT_TRUE(is_tool(spec));
  spec.declarations.erase(spec.declarations.begin());
  EXPECT_FALSE(is_tool(spec));
}

TEST(Tool, OptionsAndRowsAreRead) {
  Result<Tool> tool = read_tool(made_spec(), "made");
  ASSERT_TRUE(tool) << tool.error().what;
  EXPECT_EQ(tool->name, "made");
  EXPECT_EQ(tool->summary, "Trace something.");
  ASSERT_EQ(tool->options.size(), 1u);
  EXPECT_EQ(tool->options[0].letter, 'T');
  EXPECT_EQ(tool->options[0].long_name, "timed");
  EXPECT_TRUE(tool->options[0].is_flag(made_spec()));
  ASSERT_EQ(tool->rows.size(), 1u);
  EXPECT_EQ(tool->rows[0].map, "events");
  EXPECT_EQ(tool->rows[0].row, spec::TypeId{5});
}

TEST(Tool, HooksHaveTerms) {
  spec::Spec spec = made_spec();
  spec.declarations.push_back({"kprobe__vfs_read", 0, Notes{{"optional", {}}, {"unless", {"timed"}}}});
  Result<Tool> tool = read_tool(spec, "made");
  ASSERT_TRUE(tool) << tool.error().what;
  ASSERT_EQ(tool->hooks.size(), 1u);
  EXPECT_TRUE(tool->hooks[0].is_optional);
  EXPECT_FALSE(tool->hooks[0].is_unpreempted);
  ASSERT_EQ(tool->hooks[0].conditions.size(), 1u);
  EXPECT_EQ(tool->hooks[0].conditions[0].option, "timed");
  EXPECT_FALSE(tool->hooks[0].conditions[0].wanted);
}

TEST(Tool, WhatIsDeclaredNowhereIsNamed) {
  spec::Spec spec = made_spec();
  spec.types[5].fields[0].notes.push_back({"if", {"nowhere"}});
  EXPECT_NE(error_of(spec).find("nowhere"), std::string::npos);
  spec = made_spec();
  spec.declarations.push_back({"says", 1, Notes{{"sorted_by", {"lost_table", "count"}}}});
  EXPECT_NE(error_of(spec).find("lost_table"), std::string::npos);
}

}  // namespace
}  // namespace sonde::tool
