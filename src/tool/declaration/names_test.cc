#include "tool/declaration/names.h"

#include <gtest/gtest.h>

#include "tool/declaration/made_tool_test.h"

namespace sonde::tool {
namespace {

// made_spec() has the option `timed` and rows `events` with the columns pid, comm and took. Here also a table `counts`,
// from pid to the fields of a row.
spec::Spec spec_with(const std::string& kind, std::vector<std::string> words) {
  spec::Spec spec = made_spec();
  spec.types.push_back({.kind = spec::TypeKind::kStruct, .name = "key", .size = 4});
  spec.types.back().fields = {{"tgid", 1, 0, 0, {}}};
  spec.maps = {{.name = "counts", .key_size = 4, .value_size = 32, .key = 7, .value = 5}};
  spec.declarations.push_back({"counts_declared", 1, Annotations{{"table", {"counts"}}}});
  spec.declarations.push_back({"dist_declared", 1, Annotations{{"histogram", {"dist", "usecs"}}}});
  spec.declarations.push_back({"sonde_says_7", 1, Annotations{{kind, std::move(words)}}});
  return spec;
}

std::string error_of(const spec::Spec& spec) {
  Result<Tool> tool = read_tool(spec, "made");
  return tool ? "" : tool.error().what;
}

std::string error_of(const std::string& kind, std::vector<std::string> words) {
  return error_of(spec_with(kind, std::move(words)));
}

TEST(Names, ATemplateOfOptionsNamesThoseThatThereAre) {
  EXPECT_EQ(error_of("intro", {"{timed} {timed?for {duration} s}{!timed?{end}}{interval?{interval}}{pid?{pid}} {a"}),
            "");
  EXPECT_EQ(error_of("heading", {"[{time}] {loadavg} {tid?a thread}{follow?a family}"}), "");
  EXPECT_EQ(error_of("intro", {"slower than {nosuch} us"}), "INTRO: unknown name nosuch");
  EXPECT_EQ(error_of("intro", {"{tmied}"}), "INTRO: unknown name tmied; nearest: timed");
  EXPECT_EQ(error_of("heading", {"{tine}", "timed"}), "HEADING: unknown name tine; nearest: time");
  EXPECT_EQ(error_of("intro", {"{tmied?text}"}), "INTRO: unknown option tmied; nearest: timed");
  EXPECT_EQ(error_of("intro", {"{!timed?{timed?{nosuch}}}"}), "INTRO: unknown name nosuch");
  EXPECT_EQ(error_of("intro", {"{}"}), "INTRO: unknown name ");
}

TEST(Names, TheHintHasAllThatThereAre) {
  Result<Tool> tool = read_tool(spec_with("intro", {"{nosuch}"}), "made");
  ASSERT_FALSE(tool);
  EXPECT_EQ(tool.error().hint, "known here: duration, end, interval, loadavg, pid, time, timed");
}

TEST(Names, ProbesAreNamedByToolsThatTakeThem) {
  EXPECT_EQ(error_of("intro", {"{probe_count} of {probes}"}), "INTRO: unknown name probe_count");
  spec::Spec spec = spec_with("intro", {"{probe_count} of {probes}"});
  spec.declarations.push_back({"probes", 1, Annotations{{"probes_argument", {"funccount", "PATTERN", "which"}}}});
  EXPECT_EQ(error_of(spec), "");
}

TEST(Names, ALineNamesColumns) {
  EXPECT_EQ(error_of("line", {"events", "{time} {pid} {comm} {took} {loadavg}"}), "");
  EXPECT_EQ(error_of("line", {"events", "{pid} {com}"}), "LINE of events: unknown column com; nearest: comm");
}

TEST(Names, AnExpressionNamesFieldsOfTheKeyAndTheValue) {
  EXPECT_EQ(error_of("summary", {"counts", "{took} {100 * max(took - pid, 0) / tgid}% {time}"}), "");
  EXPECT_EQ(error_of("summary", {"counts", "{tok}"}), "SUMMARY of counts: unknown field tok; nearest: took");
  EXPECT_EQ(error_of("summary", {"counts", "{took +}"}),
            "SUMMARY of counts: \"took +\": a number or a name is missing");
  EXPECT_EQ(error_of("computed", {"counts", "MB", "6", "1", "took / interval + meminfo_Cached"}), "");
  EXPECT_EQ(error_of("computed", {"counts", "TIME", "6", "1", "time"}), "");
  EXPECT_EQ(error_of("computed", {"counts", "MB", "6", "1", "timed / 1024"}),
            "COMPUTED \"MB\" of counts: unknown field timed");
  EXPECT_EQ(error_of("sorted_by", {"counts", "tgid"}), "");
  EXPECT_EQ(error_of("sorted_up_by", {"counts", "tigd"}), "SORTED_BY of counts: unknown field tigd; nearest: tgid");
  EXPECT_EQ(error_of("sorted_by_choice", {"counts", "timed", "took", "nosuch"}),
            "SORTED_BY of counts: unknown field nosuch");
}

TEST(Names, OptionsThatDeclarationsNameAreDeclared) {
  EXPECT_EQ(error_of("heading", {"text", "tmied"}), "HEADING_IF: unknown option tmied; nearest: timed");
  EXPECT_EQ(error_of("sorted_by", {"counts", "took", "tmied"}),
            "SORTED_BY of counts: unknown option tmied; nearest: timed");
  EXPECT_EQ(error_of("limited_by", {"counts", "nosuch"}), "LIMITED_BY of counts: unknown option nosuch");
  EXPECT_EQ(error_of("unit_if", {"dist", "msecs", "tmied"}), "UNIT_IF of dist: unknown option tmied; nearest: timed");
  EXPECT_EQ(error_of("average_if", {"dist", "tmied"}), "AVERAGE_IF of dist: unknown option tmied; nearest: timed");
  EXPECT_EQ(error_of("used_if", {"counts", "tmied"}), "the condition of counts: unknown option tmied; nearest: timed");
  for (const auto& [kind, where] : {std::pair{"excludes", "EXCLUDES"}, {"at_most", "AT_MOST"}}) {
    spec::Spec spec = made_spec();
    spec.declarations[1].annotations.push_back({kind, {"nosuch"}});
    EXPECT_EQ(error_of(spec), fmt::format("{} of timed: unknown option nosuch", where));
  }
  spec::Spec spec = made_spec();
  spec.declarations[1].annotations.push_back({"matching", {"comn"}});
  EXPECT_EQ(error_of(spec), "MATCHING of timed: unknown column comn; nearest: comm");
}

TEST(Names, HooksNameOptions) {
  auto error_of_hook = [](const spec::Annotation& annotation) {
    spec::Spec spec = made_spec();
    spec.declarations.push_back({"hook", 0, Annotations{annotation}});
    return error_of(spec);
  };
  EXPECT_EQ(error_of_hook({"sample", {"timed"}}), "");
  EXPECT_EQ(error_of_hook({"sample", {"99"}}), "hook: unknown option 99");
  EXPECT_EQ(error_of_hook({"cycles", {"timed", "timed", "nosuch"}}), "hook: unknown option nosuch");
  EXPECT_EQ(error_of_hook({"counter", {"cache-misses", "tmied"}}), "hook: unknown option tmied; nearest: timed");
  EXPECT_EQ(error_of_hook({"uprobe", {"{timed}", "{!timed?malloc}"}}), "");
  EXPECT_EQ(error_of_hook({"uprobe", {"c", "{nosuch}"}}), "hook: unknown name nosuch");
  EXPECT_EQ(error_of_hook({"unless", {"nosuch"}}), "the condition of hook: unknown option nosuch");
}

TEST(Names, ColumnsNameOptions) {
  auto error_of_column = [](const spec::Annotation& annotation) {
    spec::Spec spec = made_spec();
    spec.types[5].fields[0].annotations.push_back(annotation);
    return error_of(spec);
  };
  EXPECT_EQ(error_of_column({"if", {"pid"}}), "");
  EXPECT_EQ(error_of_column({"if", {"nosuch"}}), "the condition of pid: unknown option nosuch");
  EXPECT_EQ(error_of_column({"width_if", {"nosuch", "3"}}), "WIDTH_IF of pid: unknown option nosuch");
  EXPECT_EQ(error_of_column({"column", {"TIME({zone})", "8"}}), "");
  EXPECT_EQ(error_of_column({"column", {"TIME({zoen})", "8"}}), "the title of pid: unknown name zoen; nearest: zone");
}

TEST(Names, HostileTemplatesEnd) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{timed?";
  EXPECT_EQ(error_of("intro", {deep}), "");  // nothing is closed
  EXPECT_EQ(error_of("intro", {deep + std::string(100'000, '}')}), "INTRO: braces are nested too deep");
  EXPECT_EQ(error_of("intro", {"{\x1b[2J}"}).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace sonde::tool
