// Text that stays where it is, of every length.
#include "symbols/string_arena.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde::symbols {
namespace {

TEST(StringArena, KeepsTextOfEveryLength) {
  StringArena texts;
  std::vector<const char*> kept;
  for (size_t length = 0; length < 2000; length++)
    kept.push_back(texts.keep(std::string(length, static_cast<char>('a' + length % 26))));
  const char* giant = texts.keep(std::string(1u << 20, 'z'));
  for (size_t length = 0; length < kept.size(); length++) {
    ASSERT_EQ(StringArena::view(kept[length]), std::string(length, static_cast<char>('a' + length % 26)));
  }
  EXPECT_EQ(StringArena::view(giant).size(), 1u << 20);
}

TEST(StringArena, ASetKeepsTheSameTextOnce) {
  StringSet texts;
  std::string_view first = texts.keep("one");
  EXPECT_EQ(texts.keep(std::string("one")).data(), first.data());
  EXPECT_NE(texts.keep("two").data(), first.data());
  EXPECT_EQ(texts.keep(""), "");
}

}  // namespace
}  // namespace sonde::symbols
