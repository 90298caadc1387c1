// Constants in an object's bytes.
#include "tool/declaration/constants.h"

#include <gtest/gtest.h>

#include "elf/made_elf_test.h"

namespace sonde::tool {
namespace {

constexpr unsigned kObject = ELF64_ST_INFO(STB_LOCAL, STT_OBJECT);

// .rodata is section 2: "abcd" at 0 is `first`, "efghijkl" at 4 is `second`; `far` lies behind its end.
std::string made() {
  elf::MadeElf<> file;
  file.sections.push_back({".rodata", SHT_PROGBITS, "abcdefghijkl"});
  file.symbol("first", 0, 4, kObject, 2).symbol("second", 4, 8, kObject, 2).symbol("far", 8, 8, kObject, 2);
  file.symbol("other", 0, 4, kObject, 1);
  return file.end_symbols().bytes();
}

TEST(Constants, AreFoundByTheirNames) {
  auto constants = Constants::open(made());
  ASSERT_TRUE(constants) << constants.error().what;
  EXPECT_EQ(constants->get("first").value_or(""), "abcd");
  EXPECT_EQ(constants->get("second").value_or(""), "efghijkl");
  for (const char* name : {"fir", "firsts", "other", "far", ""}) EXPECT_FALSE(constants->get(name)) << name;
}

TEST(Constants, AreSetInPlace) {
  auto constants = Constants::open(made());
  ASSERT_TRUE(constants);
  EXPECT_TRUE(constants->set("second", "xy"));
  EXPECT_FALSE(constants->set("first", "12345"));
  EXPECT_EQ(constants->get("second").value_or(""), std::string_view("xy\0\0\0\0\0\0", 8));
  EXPECT_EQ(constants->get("first").value_or(""), "abcd");
  EXPECT_EQ(std::move(*constants).take_object().size(), made().size());
}

TEST(Constants, OfWhatIsNoObjectThereAreNone) {
  EXPECT_FALSE(Constants::open("no object"));
  auto without = Constants::open(elf::MadeElf<>().bytes());
  ASSERT_TRUE(without);
  EXPECT_FALSE(without->get("first"));
}

}  // namespace
}  // namespace sonde::tool
