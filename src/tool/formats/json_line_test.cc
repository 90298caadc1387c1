// JSON holds what was seen: text by JSON's own rules, other bytes beside it.
#include "tool/formats/json_line.h"

#include <gtest/gtest.h>

#include "tool/text/utf8.h"

namespace sonde::tool {
namespace {

using nlohmann::ordered_json;

ordered_json read_back(const ordered_json& record) { return ordered_json::parse(json_line(record)); }

TEST(JsonLine, ControlCharactersAreJsonsOwnEscapes) {
  EXPECT_EQ(json_line({{"path", "tab\there"}}), R"({"path":"tab\there"})");
  EXPECT_EQ(json_line({{"path", "tab\\x09here"}}), R"({"path":"tab\\x09here"})");
  EXPECT_EQ(json_line({{"path", "\x1b[2J\x7f\n"}}), R"({"path":"\u001b[2J\u007f\n"})");
  EXPECT_EQ(json_line({{"path",
                        "\xc2\x9b"
                        "31m\xc2\xa0"}}),
            "{\"path\":\"\\u009b31m\xc2\xa0\"}");
}

TEST(JsonLine, TextComesBackAsItWas) {
  for (const char* text :
       {"", "plain", "tab\there", "\\x09", "\"", "größe → 😀", "\x01\x1f\x7f\xc2\x80\xc2\x9f", "\\u0000"}) {
    EXPECT_EQ(read_back({{"path", text}}), (ordered_json{{"path", text}})) << text;
  }
}

TEST(JsonLine, BytesThatAreNotUtf8StandBesideTheirText) {
  EXPECT_EQ(read_back({{"path", "a\xff"}, {"fd", 3}}),
            (ordered_json{{"path", "a\uFFFD"}, {"path_hex", "61ff"}, {"fd", 3}}));
  EXPECT_EQ(read_back({{"args", {"ok", "\xc3"}}}),
            (ordered_json{{"args", {"ok", "\uFFFD"}}, {"args_hex", {"6f6b", "c3"}}}));
  ordered_json nested = {{"section", {{"comm", "\xed\xa0\x80"}}}, {"list", {{{"name", "\xfe"}}}}};
  EXPECT_EQ(read_back(nested), (ordered_json{{"section", {{"comm", "\uFFFD\uFFFD\uFFFD"}, {"comm_hex", "eda080"}}},
                                             {"list", {{{"name", "\uFFFD"}, {"name_hex", "fe"}}}}}));
}

TEST(JsonLine, TwoNamesAreNeverOneLine) {
  std::vector<std::string> names = {"\xff", "\\xff", "\xfe", "\uFFFD", "ff", "\t", "\\t", "\\x09", "\x9b", "\xc2\x9b"};
  for (const std::string& a : names) {
    for (const std::string& b : names) EXPECT_EQ(json_line({{"path", a}}) == json_line({{"path", b}}), a == b);
  }
}

TEST(JsonLine, TheSchemaHasBoth) {
  ordered_json properties;
  add_text_property(properties, "path");
  add_text_property(properties, "args", true);
  EXPECT_EQ(properties["path"], (ordered_json{{"type", "string"}}));
  EXPECT_EQ(properties["path_hex"]["type"], "string");
  EXPECT_EQ(properties["args"], (ordered_json{{"type", "array"}, {"items", {{"type", "string"}}}}));
  EXPECT_EQ(properties["args_hex"]["items"]["type"], "string");
}

TEST(Utf8, ALengthForEachCharacter) {
  EXPECT_EQ(utf8_length("a"), 1u);
  EXPECT_EQ(utf8_length("\n"), 1u);
  EXPECT_EQ(utf8_length(std::string_view("\0", 1)), 1u);
  EXPECT_EQ(utf8_length("\xc2\x80"), 2u);
  EXPECT_EQ(utf8_length("\xe2\x86\x92"), 3u);
  EXPECT_EQ(utf8_length("\xf4\x8f\xbf\xbf"), 4u);
  for (const char* wrong : {"", "\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x9f\xbf", "\xed\xa0\x80",
                            "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x86"}) {
    EXPECT_EQ(utf8_length(wrong), 0u) << wrong;
  }
}

}  // namespace
}  // namespace sonde::tool
