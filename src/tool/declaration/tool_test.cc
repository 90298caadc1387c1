// What a tool declares.
#include "tool/declaration/tool.h"

#include <gtest/gtest.h>

#include "base/version.h"
#include "tool/declaration/made_tool_test.h"

namespace sonde::tool {
namespace {

std::string error_of(const spec::Spec& spec) {
  Result<Tool> tool = read_tool(spec, "made");
  return tool ? "" : tool.error().what;
}

std::string hint_of(const spec::Spec& spec) {
  Result<Tool> tool = read_tool(spec, "made");
  return tool ? "" : tool.error().hint;
}

std::string unknown(const std::string& annotation) {
  return fmt::format("this object says {}, which sonde {} does not know", annotation, base::kVersion);
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
  spec.declarations.push_back({"kprobe__vfs_read", 0, Annotations{{"optional", {}}, {"unless", {"timed"}}}});
  Result<Tool> tool = read_tool(spec, "made");
  ASSERT_TRUE(tool) << tool.error().what;
  ASSERT_EQ(tool->hooks.size(), 1u);
  EXPECT_TRUE(tool->hooks[0].is_optional);
  EXPECT_FALSE(tool->hooks[0].is_unpreempted);
  ASSERT_EQ(tool->hooks[0].conditions.size(), 1u);
  EXPECT_EQ(tool->hooks[0].conditions[0].option, "timed");
  EXPECT_FALSE(tool->hooks[0].conditions[0].wanted);
}

TEST(Tool, AlternativesAreSetsOfHooksInTheirOrder) {
  spec::Spec spec = made_spec();
  spec.declarations.push_back({"on_return", 0, Annotations{{"alternative", {"opens", "1"}}}});
  spec.declarations.push_back({"at_end", 0, Annotations{{"alternative", {"opens", "0"}}}});
  spec.declarations.push_back({"on_call", 0, Annotations{{"alternative", {"opens", "1"}}, {"optional", {}}}});
  spec.declarations.push_back({"on_mount", 0, Annotations{{"alternative", {"mounts", "0"}}}});
  spec.declarations.push_back({"sonde_says_7", 1, Annotations{{"alternative", {"mounts", "1"}}}});
  Result<Tool> tool = read_tool(spec, "made");
  ASSERT_TRUE(tool) << tool.error().what;
  ASSERT_EQ(tool->alternatives.size(), 2u);
  using Sets = std::map<int, std::vector<std::string>>;
  EXPECT_EQ(tool->alternatives[0].sets, (Sets{{0, {"at_end"}}, {1, {"on_return", "on_call"}}}));
  EXPECT_EQ(tool->alternatives[1].sets, (Sets{{0, {"on_mount"}}, {1, {}}}));
}

TEST(Tool, AlternativesThatNameProgramsAreReadStill) {
  spec::Spec spec = made_spec();
  spec.declarations.push_back({"sonde_says_7", 1, Annotations{{"either", {"at_end", "on_call  on_return", ""}}}});
  Result<Tool> tool = read_tool(spec, "made");
  ASSERT_TRUE(tool) << tool.error().what;
  ASSERT_EQ(tool->alternatives.size(), 1u);
  using Sets = std::map<int, std::vector<std::string>>;
  EXPECT_EQ(tool->alternatives[0].sets, (Sets{{0, {"at_end"}}, {1, {"on_call", "on_return"}}, {2, {}}}));
}

TEST(Tool, AnAlternativeAloneIsAMisspeltOne) {
  spec::Spec spec = made_spec();
  spec.declarations.push_back({"at_end", 0, Annotations{{"alternative", {"opens", "0"}}}});
  EXPECT_EQ(error_of(spec), "the alternatives opens have no OR_ELSE");
  spec.declarations.back().annotations[0].words[1] = "1";
  EXPECT_EQ(error_of(spec), "the alternatives opens have no EITHER");
  spec.declarations.push_back({"on_call", 0, Annotations{{"alternative", {"opens", "2"}}}});
  EXPECT_EQ(error_of(spec), "the alternatives opens have no EITHER");
}

TEST(Tool, WhatIsDeclaredNowhereIsNamed) {
  spec::Spec spec = made_spec();
  spec.declarations.push_back({"says", 1, Annotations{{"sorted_by", {"lost_table", "count"}}}});
  EXPECT_NE(error_of(spec).find("lost_table"), std::string::npos);
}

TEST(Tool, AnAnnotationThatIsNotKnownIsAnErrorWhereverItIs) {
  spec::Spec spec = made_spec();
  spec.maps = {{.name = "counts"}};
  spec.declarations.push_back({"sonde_says_7", 1, Annotations{{"foo", {"counts", "1"}}}});
  EXPECT_EQ(error_of(spec), unknown(R"("foo" of "counts")"));
  spec = made_spec();
  spec.declarations.push_back({"sonde_says_7", 1, Annotations{{"foo", {"a text"}}}});
  EXPECT_EQ(error_of(spec), unknown(R"("foo")"));
  spec = made_spec();
  spec.declarations[1].annotations.push_back({"foo", {}});
  EXPECT_EQ(error_of(spec), unknown(R"("foo" of "timed")"));
  spec = made_spec();
  spec.declarations.push_back({"kprobe__vfs_read", 0, Annotations{{"foo", {}}}});
  EXPECT_EQ(error_of(spec), unknown(R"("foo" of "kprobe__vfs_read")"));
  spec = made_spec();
  spec.types[5].fields[0].annotations.push_back({"foo", {}});
  EXPECT_EQ(error_of(spec), unknown(R"("foo" of "row.pid")"));
  spec.types[5].name = "";
  EXPECT_EQ(error_of(spec), unknown(R"("foo" of "pid")"));
}

TEST(Tool, WhatAFieldCannotSayIsNotKnownOfIt) {
  spec::Spec spec = made_spec();
  spec.types[5].fields[0].annotations.push_back({"excludes", {"timed"}});
  EXPECT_EQ(error_of(spec), unknown(R"("excludes" of "row.pid")"));
}

TEST(Tool, TheHintOfAnUnknownAnnotationNamesTheVersionThatMadeIt) {
  spec::Spec spec = made_spec();
  spec.declarations[1].annotations.push_back({"foo", {}});
  spec.made_by = "99.2.0";
  EXPECT_EQ(hint_of(spec), "it was made by sonde 99.2.0: use that version or a later one");
  spec.made_by = "";
  EXPECT_EQ(hint_of(spec), "it does not say which sonde made it: compile the tool again with this one");
  spec.made_by = base::kVersion;
  EXPECT_EQ(hint_of(spec), "a tool says what the macros of tool.h say, and nothing else");
}

TEST(Tool, HostileAnnotationsCannotControlATerminal) {
  spec::Spec spec = made_spec();
  spec.made_by = "\x1b[2J";
  spec.declarations.push_back({"\x1b[1m", 2, Annotations{{"\x1b[0m", {}}}});
  EXPECT_EQ((error_of(spec) + hint_of(spec)).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace sonde::tool
