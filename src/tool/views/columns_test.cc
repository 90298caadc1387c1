// Columns as text, JSON and CSV.
#include "tool/views/columns.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tool/declaration/made_tool_test.h"

namespace sonde::tool {
namespace {

struct Row {
  uint32_t pid;
  char comm[16];
  uint32_t padding;
  uint64_t took;
};

std::string row_of(uint32_t pid, const char* comm, uint64_t took) {
  Row row{};
  row.pid = pid;
  std::strncpy(row.comm, comm, sizeof row.comm - 1);
  row.took = took;
  return {reinterpret_cast<const char*>(&row), sizeof row};
}

class ColumnsTest : public testing::Test {
 protected:
  Columns columns() {
    Columns made(spec_, settings_, formats_);
    made.add_first(5);
    return made;
  }
  spec::Spec spec_ = made_spec();
  Settings settings_;
  FormatContext formats_;
  std::string row_ = row_of(181, "postgres", 1'234'567);
};

TEST_F(ColumnsTest, AlignAndCut) {
  EXPECT_EQ(columns().header(), "PID     COMM");
  EXPECT_EQ(columns().line({row_}), "181     post");
}

TEST_F(ColumnsTest, AppearWithTheirOption) {
  settings_.values["timed"] = "\1";
  EXPECT_EQ(columns().header(), "PID     COMM         MS");
  EXPECT_EQ(columns().line({row_}), "181     post       1.23");
}

TEST_F(ColumnsTest, AreWholeInJsonAndCsv) {
  settings_.values["timed"] = "\1";
  EXPECT_EQ(columns().json({row_}).dump(), R"({"pid":181,"comm":"postgres","took":1234567})");
  EXPECT_EQ(columns().names(), (Cells{"pid", "comm", "took"}));
  EXPECT_EQ(columns().cells({row_of(1, "a,\"b\"", 5)}), (Cells{"1", "a,\"b\"", "5"}));
}

TEST_F(ColumnsTest, HostileNamesCannotControlATerminal) {
  EXPECT_EQ(columns().line({row_of(1, "\033[2J", 0)}), "1       \\x1b");
  EXPECT_EQ(columns().json({row_of(1, "\xff\033", 0)})["comm"].get<std::string>(), "\xff\033");  // data: json_line.h
}

TEST_F(ColumnsTest, ARowThatEndsEarlyIsNoHarm) {
  EXPECT_EQ(columns().line({std::string_view(row_).substr(0, 6)}).substr(0, 3), "181");
}

TEST_F(ColumnsTest, AreComputedFromFields) {
  Columns made = columns();
  made.add_computed({{.title = "US", .width = 8, .digits = 1}, "took / 1000"});
  EXPECT_EQ(made.line({row_}), "181     post       1234.6");
}

}  // namespace
}  // namespace sonde::tool
