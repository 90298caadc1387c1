// What files tell the dynamic loader, of made files and damaged ones.
#include "elf/dynamic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "elf/made_elf_test.h"

namespace sonde::elf {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A library with the strings at 1, 9 and 17 of its table.
MadeElf<> library(std::vector<Elf64_Dyn> rows) {
  MadeElf<> made;
  made.symbol("", 0, 0, 0, 0)
      .symbol("taken", 0, 0, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), SHN_UNDEF)
      .symbol("own", 0x1000, 8);
  made.end_symbols(SHT_DYNSYM);
  auto link = static_cast<uint32_t>(made.sections.size() + 2);
  std::string bytes(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof rows[0]);
  made.sections.push_back({".dynamic", SHT_DYNAMIC, bytes, 0, 0, link, sizeof rows[0]});
  made.sections.push_back({".names", SHT_STRTAB, std::string("\0libx.so\0liba.so\0$ORIGIN/lib\0", 29)});
  return made;
}

Elf64_Dyn row(int64_t tag, uint64_t value) {
  Elf64_Dyn made{};
  made.d_tag = tag;
  made.d_un.d_val = value;
  return made;
}

TEST(Dynamic, NamesOfTheLibraryAndOfThoseItNeeds) {
  auto file =
      library({row(DT_NEEDED, 9), row(DT_SONAME, 1), row(DT_RUNPATH, 17), row(DT_NULL, 0), row(DT_NEEDED, 1)}).file();
  Dynamic found = dynamic_of(*file);
  EXPECT_EQ(found.soname, "libx.so");
  EXPECT_THAT(found.needed, ElementsAre("liba.so"));
  EXPECT_EQ(found.search_path, "$ORIGIN/lib");
  EXPECT_EQ(dynamic_of(*library({row(DT_RPATH, 1)}).file()).search_path, "libx.so");
  EXPECT_EQ(dynamic_of(*library({row(DT_SONAME, 4000)}).file()).soname, "");
  EXPECT_THAT(dynamic_of(*MadeElf<>().file()).needed, IsEmpty());
}

TEST(Dynamic, Imports) {
  auto file = library({}).file();
  EXPECT_TRUE(imports(*file, "taken"));
  EXPECT_FALSE(imports(*file, "own"));
  EXPECT_FALSE(imports(*file, "take"));
  EXPECT_FALSE(imports(*file, "takenn"));
  EXPECT_FALSE(imports(*file, ""));
  EXPECT_FALSE(imports(*MadeElf<>().file(), "taken"));
}

}  // namespace
}  // namespace sonde::elf
