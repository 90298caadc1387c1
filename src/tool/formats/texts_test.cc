// Texts of tools, whole, cut and unreadable, and the types that are made of them.
#include "tool/formats/texts.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tool/formats/value_type.h"

namespace sonde::tool {
namespace {

using namespace std::literals;

std::string number(uint64_t value, size_t size) { return bytes_of(value, size); }

std::string string_bytes(std::string_view text, uint32_t state) {
  return number(text.size(), 4) + number(state, 4) + std::string(text);
}

struct Marks {
  uint64_t absent = 0, unread = 0, cut = 0;
};
std::string texts_bytes(std::string_view texts, Marks marks = {}) {
  return number(texts.size(), 4) + number(0, 4) + number(marks.absent, 8) + number(marks.unread, 8) +
         number(marks.cut, 8) + std::string(texts);
}

std::string arguments_bytes(uint32_t at_most, uint32_t words_of, std::string_view texts, Marks marks = {}) {
  return number(0, 4) + number(at_most, 4) + number(words_of, 4) + number(0, 4) + texts_bytes(texts, marks);
}

std::string path_bytes(bool has_root, std::string_view texts, Marks marks = {}) {
  return number(has_root, 4) + number(0, 4) + texts_bytes(texts, marks);
}

class TextsTest : public testing::Test {
 protected:
  Value value_of(const char* type, std::string_view bytes) {
    spec_.types = {{.kind = spec::TypeKind::kStruct, .spelling = type, .size = static_cast<uint32_t>(bytes.size())}};
    return {spec_, 0, bytes, style_, formats_};
  }
  std::string text(const char* type, const std::string& bytes) { return text_of(value_of(type, bytes)); }
  std::string json(const char* type, const std::string& bytes) {
    return json_of(value_of(type, bytes), find_value_type(type)).dump();
  }
  bool cut(const char* type, const std::string& bytes) { return is_cut(value_of(type, bytes), find_value_type(type)); }

  spec::Spec spec_;
  ColumnStyle style_;
  FormatContext formats_;
};

TEST_F(TextsTest, AStringSaysWhatItIs) {
  EXPECT_EQ(text("string_t", string_bytes("/tmp/one", 0)), "/tmp/one");
  EXPECT_FALSE(cut("string_t", string_bytes("/tmp/one", 0)));
  EXPECT_EQ(text("string_t", string_bytes("/tmp/one", 1)), "/tmp/one…");
  EXPECT_EQ(json("string_t", string_bytes("/tmp/one", 1)), "\"/tmp/one\"");
  EXPECT_TRUE(cut("string_t", string_bytes("/tmp/one", 1)));
  EXPECT_EQ(text("string_t", string_bytes("", 2)), "[unreadable]");
  EXPECT_EQ(json("string_t", string_bytes("", 2)), "null");
  EXPECT_EQ(json("string_t", string_bytes("", 0)), "\"\"");
}

TEST_F(TextsTest, ARecordThatEndsEarlyIsNoHarm) {
  for (size_t length = 0; length < 60; ++length) {
    std::string bytes = arguments_bytes(20, 1, "/bin/true\0true\0one\0"sv).substr(0, length);
    text("arguments_t", bytes), text("string_t", bytes), text("joined_path_t", bytes);
    json("arguments_t", bytes), json("joined_path_t", bytes), cut("arguments_t", bytes), cut("joined_path_t", bytes);
  }
  EXPECT_EQ(text("string_t", number(1'000'000, 4) + number(0, 4) + "abc"), "abc");
}

TEST_F(TextsTest, WordsOfACallAndOfAProcess) {
  EXPECT_EQ(json("arguments_t", arguments_bytes(20, 0, "/bin/true\0one\0\0two\0"sv)),
            R"(["/bin/true","one","","two"])");
  EXPECT_EQ(json("arguments_t", arguments_bytes(20, 0, "/bin/true\0\0two\0"sv, {.unread = 2})),
            R"(["/bin/true",null,"two"])");
  EXPECT_EQ(json("arguments_t", arguments_bytes(20, 1, "/bin/true\0name\0one\0"sv)), R"(["/bin/true","one"])");
  EXPECT_EQ(json("arguments_t", arguments_bytes(20, 1, "/bin/true\0"sv)), R"(["/bin/true"])");
}

TEST_F(TextsTest, WordsThatTheKernelPutsBeforeThoseOfAScript) {
  EXPECT_EQ(json("arguments_t", arguments_bytes(20, 2, "./it\0/bin/sh\0-e\0./it\0one\0./it\0"sv)),
            R"(["./it","one","./it"])");
  EXPECT_EQ(json("arguments_t", arguments_bytes(20, 2, "./it\0/bin/sh\0./it\0"sv)), R"(["./it"])");
}

TEST_F(TextsTest, WordsThatAreLeftOut) {
  std::string two = arguments_bytes(2, 1, "/bin/true\0name\0one\0two\0"sv);
  EXPECT_EQ(text("arguments_t", two), "/bin/true one ...");
  EXPECT_EQ(json("arguments_t", two), R"(["/bin/true","one"])");
  EXPECT_TRUE(cut("arguments_t", two));
  std::string half = arguments_bytes(20, 1, "/bin/true\0name\0on"sv);
  EXPECT_EQ(text("arguments_t", half), "/bin/true on…");
  EXPECT_TRUE(cut("arguments_t", half));
}

TEST_F(TextsTest, PathsWithTheirDirectories) {
  EXPECT_EQ(text("joined_path_t", path_bytes(true, "file\0two\0one\0"sv)), "/one/two/file");
  EXPECT_EQ(text("joined_path_t", path_bytes(true, "file\0"sv)), "/file");
  EXPECT_EQ(text("joined_path_t", path_bytes(false, "file\0"sv)), "file");
  EXPECT_EQ(text("joined_path_t", path_bytes(false, "/a/file\0"sv)), "/a/file");
  EXPECT_EQ(text("joined_path_t", path_bytes(false, "\0"sv)), "");
  EXPECT_EQ(json("joined_path_t", path_bytes(false, "\0"sv, {.unread = 1})), "null");
  std::string deep = path_bytes(false, "file\0two\0one\0"sv);
  EXPECT_EQ(text("joined_path_t", deep), "…/one/two/file");
  EXPECT_EQ(json("joined_path_t", deep), "\"one/two/file\"");
  EXPECT_TRUE(cut("joined_path_t", deep));
}

TEST_F(TextsTest, AnArrayWithoutAZeroByteIsCut) {
  spec_.types = {{.kind = spec::TypeKind::kArray, .size = 40, .element = 1, .count = 40},
                 {.kind = spec::TypeKind::kChar, .name = "char", .size = 1}};
  std::string full(40, 'a'), part = std::string(39, 'a') + '\0';
  Value cut{spec_, 0, full, style_, formats_}, whole{spec_, 0, part, style_, formats_};
  EXPECT_EQ(text_of(cut), full + "…");
  EXPECT_TRUE(is_cut(cut, nullptr));
  EXPECT_EQ(text_of(whole), std::string(39, 'a'));
  EXPECT_FALSE(is_cut(whole, nullptr));
}

}  // namespace
}  // namespace sonde::tool
