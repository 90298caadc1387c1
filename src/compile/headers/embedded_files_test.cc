// Headers inside the program: there under their own names, whole, and in order.
#include "compile/headers/embedded_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"

namespace sonde::compile {
namespace {

TEST(EmbeddedFiles, EveryHeaderIsThereAndWhole) {
  size_t count = 0;
  for (std::filesystem::path root : {SONDE_SOURCE_DIR "/src/compile/headers/include", SONDE_SOURCE_DIR "/tools"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".h") continue;
      auto text = base::read_file(entry.path());
      ASSERT_TRUE(text);
      auto embedded = embedded_file(std::filesystem::relative(entry.path(), root).string());
      ASSERT_TRUE(embedded) << entry.path();
      EXPECT_EQ(*embedded, *text) << entry.path();
      ++count;
    }
  }
  EXPECT_EQ(embedded_files().size(), count);
}

TEST(EmbeddedFiles, SortedForTheSearch) {
  EXPECT_TRUE(std::ranges::is_sorted(embedded_files(), {}, &EmbeddedFile::path));
}

TEST(EmbeddedFiles, NothingElse) {
  EXPECT_FALSE(embedded_file("linux"));
  EXPECT_FALSE(embedded_file("linux/no_such_header.h"));
  EXPECT_FALSE(embedded_file(""));
}

TEST(EmbeddedFiles, KernelHeadersOfNames) {
  EXPECT_EQ(header_with("list_for_each_entry"), "linux/list.h");
  EXPECT_EQ(header_with("list_for_each_entr"), "");
  EXPECT_EQ(header_with("linux/list.h"), "");
  EXPECT_EQ(header_with("no_such_name"), "");
  EXPECT_EQ(header_with(""), "");
}

}  // namespace
}  // namespace sonde::compile
