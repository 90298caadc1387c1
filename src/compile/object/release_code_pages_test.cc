#include "compile/object/release_code_pages.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace sonde::compile {
namespace {

long mapped_file_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssFile:")) return std::stol(line.substr(8));
  }
  return -1;
}

TEST(CodePages, LeaveAndComeBackAsTheyAreUsed) {
  long before = mapped_file_kb();
  ASSERT_GT(before, 4 << 10);  // what runs before main touches as much of clang and LLVM
  release_code_pages();
  EXPECT_LT(mapped_file_kb(), before / 2);
}

}  // namespace
}  // namespace sonde::compile
