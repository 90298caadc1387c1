// Every specification of the data files beside this: right ones with what they mean, and wrong ones with the place of
// the caret and a word of the message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "probes/parse.h"
#include "probes/report.h"

namespace sonde::probes {
namespace {

using testing::HasSubstr;

constexpr std::string_view kCaret = "‸";  // stands before the place in a wrong specification

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
  return fields;
}

std::vector<std::vector<std::string>> read_rows(const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(std::string(SONDE_SOURCE_DIR) + "/src/probes/" + name);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') rows.push_back(fields_of(line));
  }
  return rows;
}

// "argdist -H -p"
ParseOptions options_of(const std::string& command) {
  std::istringstream in(command);
  std::string word;
  in >> word;
  ParseOptions options;
  for (Tool each : {Tool::kTrace, Tool::kArgdist, Tool::kFunccount, Tool::kStackcount, Tool::kFunclatency,
                    Tool::kFuncslower, Tool::kTplist}) {
    if (name_of(each) == word) options.tool = each;
  }
  EXPECT_EQ(name_of(options.tool), word);
  while (in >> word) {
    options.regex |= word == "-r";
    options.has_pid |= word == "-p";
    options.histogram |= word == "-H";
    options.lists_usdt |= word == "-l";
  }
  return options;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& each : parts) all += (all.empty() ? "" : ", ") + each;
  return all;
}

std::string names_of(const Specification& spec) {
  std::vector<std::string> names;
  for (const Parameter& each : spec.parameters) {
    names.push_back((each.is_user ? "user " : "") +
                    (each.name.empty() ? each.type.text : each.name.text + " is " + each.type.text));
  }
  return joined(names);
}

std::string texts_of(const std::vector<Expression>& expressions) {
  std::vector<std::string> texts;
  for (const Expression& each : expressions) texts.push_back(each.text.text);
  return joined(texts);
}

std::string where(const Specification& spec) {
  constexpr std::string_view kinds[] = {"entry", "return", "tracepoint", "usdt"};
  std::string shown(kinds[static_cast<int>(spec.kind)]);
  if (spec.way == Way::kKprobe) shown += " kprobe";
  if (spec.way == Way::kFentry) shown += " fentry";
  auto add = [&](std::string_view name, const Piece& piece) {
    if (!piece.empty()) shown += fmt::format(" {}={}", name, piece.text);
  };
  add("lib", spec.library);
  add("module", spec.module);
  add("cat", spec.category);
  add("provider", spec.provider);
  constexpr std::string_view marks[] = {"", "~", "~~"};
  return fmt::format("{} {}{}", shown, spec.function.text, marks[static_cast<int>(spec.names.kind())]);
}

std::string describe(const Specification& spec) {
  std::string shown = where(spec);
  if (spec.offset) shown += fmt::format(" +{}", *spec.offset);
  if (spec.address) shown += fmt::format(" @{:x}", *spec.address);
  if (spec.has_signature) shown += fmt::format(" ({})", names_of(spec));
  if (!spec.filter.empty()) shown += fmt::format(" if {}", spec.filter.text.text);
  if (spec.format) shown += fmt::format(" print {}:{}", spec.format->conversions.size(), texts_of(spec.arguments));
  for (size_t i = 0; i < spec.types.size(); i++)
    shown += fmt::format(" {} = {};", spec.types[i].text, spec.values[i].text.text);
  if (!spec.label.empty()) shown += fmt::format(" # {}", spec.label.text);
  return shown;
}

// A place names the text that it is of.
void check_place(const Specification& spec, const Piece& piece) {
  ASSERT_LE(piece.place.begin, piece.place.end);
  ASSERT_LE(piece.place.end, spec.text.size());
  EXPECT_EQ(spec.text.substr(piece.place.begin, piece.place.end - piece.place.begin), piece.text);
}

void check_places(const Specification& spec) {
  for (const Piece* each : {&spec.library, &spec.module, &spec.category, &spec.provider, &spec.function,
                            &spec.offset_text, &spec.signature, &spec.filter.text, &spec.label}) {
    check_place(spec, *each);
  }
  for (const Parameter& each : spec.parameters) check_place(spec, each.name);
  for (const Expression& each : spec.arguments) check_place(spec, each.text);
  for (const Piece& each : spec.types) check_place(spec, each);
  for (const Expression& each : spec.values) {
    check_place(spec, each.text);
    for (const Token& token : each.tokens) check_place(spec, {token.text, token.place});
  }
}

TEST(Corpus, RightSpecificationsMeanWhatTheyMeanToBcc) {
  auto rows = read_rows("right_specifications.tsv");
  EXPECT_GT(rows.size(), 150u);
  bool prints = std::getenv("PROBES_TEST_PRINT");
  for (const auto& row : rows) {
    ASSERT_GE(row.size(), 1u);
    std::string text = row.size() > 1 ? row[1] : "";
    SCOPED_TRACE(row[0] + " " + text);
    ParseOptions options = options_of(row[0]);
    auto spec = parse(text, options);
    if (!spec) {
      ADD_FAILURE() << render(name_of(options.tool), text, spec.error());
      continue;
    }
    if (prints) std::printf("%s\t%s\t%s\n", row[0].c_str(), text.c_str(), describe(*spec).c_str());
    EXPECT_EQ(describe(*spec), row.size() > 2 ? row[2] : "");
    EXPECT_EQ(spec->text, text);
    check_places(*spec);
  }
}

TEST(Corpus, WrongSpecificationsAreRefusedAtTheirPlace) {
  auto rows = read_rows("wrong_specifications.tsv");
  EXPECT_GE(rows.size(), 200u);
  std::set<std::string> seen;
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 3u) << row[0];
    std::string text = row[1];
    size_t place = text.find(kCaret);
    ASSERT_NE(place, std::string::npos) << text;
    text.erase(place, kCaret.size());
    SCOPED_TRACE(row[0] + " " + text);
    EXPECT_TRUE(seen.insert(row[0] + " " + text).second) << "twice in the file";
    ParseOptions options = options_of(row[0]);
    auto spec = parse(text, options);
    if (spec) {
      ADD_FAILURE() << "accepted";
      continue;
    }
    std::string shown = render(name_of(options.tool), text, spec.error());
    EXPECT_EQ(spec.error().place.begin, place) << shown;
    EXPECT_THAT(shown, HasSubstr(row[2]));
    EXPECT_LE(std::count(shown.begin(), shown.end(), '\n'), 3) << shown;
    EXPECT_FALSE(spec.error().message.empty());
  }
}

}  // namespace
}  // namespace sonde::probes
