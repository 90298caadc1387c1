// Functions by address and by name: nested, aliased, without sizes, from several files, and from files that lie.
#include "elf/symbol_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <ctime>
#include <random>
#include <set>

#include "base/file.h"
#include "elf/made_elf_test.h"

namespace sonde::elf {
namespace {

using testing::ElementsAre;

constexpr unsigned kLocal = ELF64_ST_INFO(STB_LOCAL, STT_FUNC), kWeak = ELF64_ST_INFO(STB_WEAK, STT_FUNC);
constexpr unsigned kLabel = ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE), kData = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);

SymbolTable table_of(std::vector<std::shared_ptr<const File>> files) {
  auto table = SymbolTable::read(std::move(files));
  EXPECT_TRUE(table) << table.error().what;
  return table ? *table : SymbolTable();
}

template <typename Types>
SymbolTable table_of(MadeElf<Types>& made) {
  made.end_symbols();
  return table_of({made.file()});
}

// "name+offset", or "" where there is nothing.
std::string at(const SymbolTable& table, uint64_t address) {
  SymbolTable::Symbol symbol;
  if (!table.find(address, symbol)) return "";
  return fmt::format("{}+{:x}", table.name(symbol).value(), address - symbol.address);
}

std::vector<std::string> all(const SymbolTable& table) {
  std::vector<std::string> rows;
  EXPECT_TRUE(table.each([&](const SymbolTable::Symbol& symbol, std::string_view name) {
    EXPECT_EQ(table.name(symbol).value(), name);
    rows.push_back(fmt::format("{:x} {:x} {}", symbol.address, symbol.size, name));
    return true;
  }));
  return rows;
}

TEST(SymbolTable, AnAddressIsInTheFunctionThatHoldsIt) {
  MadeElf<> made;
  made.symbol("second", 0x1100, 0x20).symbol("first", 0x1000, 0x80);
  SymbolTable table = table_of(made);
  EXPECT_EQ(at(table, 0x1000), "first+0");
  EXPECT_EQ(at(table, 0x107f), "first+7f");
  EXPECT_EQ(at(table, 0x1080), "");
  EXPECT_EQ(at(table, 0x111f), "second+1f");
  EXPECT_EQ(at(table, 0x1120), "");
  EXPECT_EQ(at(table, 0xfff), "");
  EXPECT_EQ(at(table, UINT64_MAX), "");
  EXPECT_EQ(at(SymbolTable(), 0x1000), "");
}

TEST(SymbolTable, FilesOf32BitsHaveThemToo) {
  MadeElf<Elf32Types> made;
  made.machine = EM_ARM;
  made.symbol("thumb", 0x1101, 0x20).symbol("arm", 0x1000, 0x80);
  SymbolTable table = table_of(made);
  EXPECT_EQ(at(table, 0x1100), "thumb+0");
  EXPECT_EQ(at(table, 0x1001), "arm+1");
}

TEST(SymbolTable, OnlyCodeIsInIt) {
  MadeElf<> made;
  made.sections.push_back({".data", SHT_PROGBITS, std::string(64, 'd'), SHF_ALLOC | SHF_WRITE, 0x3000});
  made.symbol("function", 0x1000, 8)
      .symbol("resolver", 0x1010, 8, ELF64_ST_INFO(STB_GLOBAL, STT_GNU_IFUNC))
      .symbol("label", 0x1020, 0, kLabel);
  made.symbol("object", 0x3000, 8, kData, 2)
      .symbol("data_label", 0x3008, 0, kLabel, 2)
      .symbol("etext", 0x2000, 0, kLabel);
  made.symbol("undefined", 0, 0, kLocal, SHN_UNDEF).symbol("absolute", 0x1000, 8, kLocal, SHN_ABS);
  made.symbol("section", 0x1000, 0, ELF64_ST_INFO(STB_LOCAL, STT_SECTION))
      .symbol("thread", 0x10, 8, ELF64_ST_INFO(STB_GLOBAL, STT_TLS));
  made.symbol("", 0x1050, 8).symbol("a.c", 0, 0, ELF64_ST_INFO(STB_LOCAL, STT_FILE), SHN_ABS);
  made.symbol("$x", 0x1000, 0, kLabel)
      .symbol("$d.12", 0x1000, 0, kLabel)
      .symbol(".L5", 0x1000, 0, kLabel)
      .symbol("$z", 0x1040, 0, kLabel);
  EXPECT_THAT(all(table_of(made)), ElementsAre("1000 8 function", "1010 8 resolver", "1020 0 label", "1040 0 $z"));
}

TEST(SymbolTable, WithoutASizeOneReachesToTheNextOrTheSectionsEnd) {
  MadeElf<> made;
  made.sections.push_back({".fini", SHT_PROGBITS, {}, SHF_ALLOC | SHF_EXECINSTR, 0x2800, 0, 0, 0x100});
  made.symbol("start", 0x1000, 0, kLabel)
      .symbol("main", 0x1100, 0x10)
      .symbol("last", 0x1200)
      .symbol("fini", 0x2800, 0, kLabel, 2);
  SymbolTable table = table_of(made);
  EXPECT_EQ(at(table, 0x10ff), "start+ff");
  EXPECT_EQ(at(table, 0x1110), "");
  EXPECT_EQ(at(table, 0x1fff), "last+dff");
  EXPECT_EQ(at(table, 0x2000), "");
  EXPECT_EQ(at(table, 0x28ff), "fini+ff");
  EXPECT_EQ(at(table, 0x2900), "");
}

TEST(SymbolTable, WithoutASizeOneGivesWayToWhatContainsTheAddress) {
  MadeElf<> made;
  made.symbol("outer", 0x1000, 0x100).symbol("label", 0x1080, 0, kLabel).symbol("next", 0x1200, 4);
  SymbolTable table = table_of(made);
  EXPECT_EQ(at(table, 0x1080), "outer+80");
  EXPECT_EQ(at(table, 0x10ff), "outer+ff");
  EXPECT_EQ(at(table, 0x1100), "label+80");
}

TEST(SymbolTable, TheInnermostHolds) {
  MadeElf<> made;
  made.symbol("outer", 0x1000, 0x400)
      .symbol("middle", 0x1100, 0x100)
      .symbol("inner", 0x1140, 0x10)
      .symbol("across", 0x11f0, 0x20);
  for (int i = 0; i < 200; i++) made.symbol(fmt::format("tiny{}", i), 0x1210 + static_cast<uint64_t>(i), 1);
  SymbolTable table = table_of(made);
  EXPECT_EQ(at(table, 0x1145), "inner+5");
  EXPECT_EQ(at(table, 0x1150), "middle+50");
  EXPECT_EQ(at(table, 0x11ff), "across+f");
  EXPECT_EQ(at(table, 0x1212), "tiny2+0");
  EXPECT_EQ(at(table, 0x13ff), "outer+3ff");
  EXPECT_EQ(at(table, 0x1400), "");
}

TEST(SymbolTable, OfAliasesGlobalThenWeakThenLocalThenTheShorter) {
  MadeElf<> made;
  made.symbol("l", 0x1000, 8, kLocal)
      .symbol("w", 0x1000, 8, kWeak)
      .symbol("long_global", 0x1000, 8)
      .symbol("global", 0x1000, 8);
  made.symbol("weak", 0x1100, 8, kWeak)
      .symbol("a", 0x1100, 8, kLocal)
      .symbol("b", 0x1200, 0)
      .symbol("sized", 0x1200, 8, kLocal);
  SymbolTable table = table_of(made);
  EXPECT_EQ(at(table, 0x1000), "global+0");
  EXPECT_EQ(at(table, 0x1104), "weak+4");
  EXPECT_EQ(at(table, 0x1204), "sized+4");
  EXPECT_EQ(at(table, 0x1208), "b+8");
  EXPECT_EQ(table.size(), 8u);
}

TEST(SymbolTable, NamesAreFoundAndTheBestOfSeveral) {
  MadeElf<> made;
  made.symbol("run", 0x1000, 8, kLocal)
      .symbol("run", 0x1100, 8)
      .symbol("run", 0x1200, 8, kWeak)
      .symbol("runner", 0x1300, 8);
  SymbolTable table = table_of(made);
  ASSERT_TRUE(table.find("run"));
  EXPECT_EQ(table.find("run")->address, 0x1100u);
  EXPECT_EQ(table.find("runner")->address, 0x1300u);
  EXPECT_FALSE(table.find("ru"));
  EXPECT_FALSE(table.find(""));
  EXPECT_FALSE(table.find(std::string_view("run\0", 4)));
}

TEST(SymbolTable, OfVersionsTheDefaultOneIsMeant) {
  MadeElf<> made;
  made.symbol("copy", 0x1000, 8).symbol("copy", 0x1100, 8).end_symbols(SHT_DYNSYM);
  uint16_t versions[] = {2 | 0x8000, 3};
  made.sections.push_back(
      {".gnu.version", SHT_GNU_versym, std::string(reinterpret_cast<char*>(versions), sizeof versions)});
  SymbolTable table = table_of({made.file()});
  ASSERT_TRUE(table.find("copy"));
  EXPECT_EQ(table.find("copy")->address, 0x1100u);
}

TEST(SymbolTable, SeveralFilesAreOneTableWithoutRepetition) {
  MadeElf<> program, debug;
  program.symbol("shared", 0x1000, 8).symbol("exported", 0x1010, 0, kWeak).end_symbols(SHT_DYNSYM);
  debug.symbol("shared", 0x1000, 8)
      .symbol("hidden", 0x1020, 8, kLocal)
      .symbol("exported", 0x1010, 8)
      .symbol("alias", 0x1000, 8)
      .end_symbols();
  SymbolTable table = table_of({program.file(), debug.file(), debug.file()});
  EXPECT_THAT(all(table), ElementsAre("1000 8 alias", "1000 8 shared", "1010 8 exported", "1020 8 hidden"));
}

TEST(SymbolTable, ANameOfAMegabyteIsCut) {
  MadeElf<> made;
  made.symbol(std::string(1u << 20, 'n'), 0x1000, 8).symbol(std::string(1u << 20, 'n') + "x", 0x1000, 8);
  SymbolTable table = table_of(made);
  SymbolTable::Symbol symbol;
  ASSERT_TRUE(table.find(0x1000, symbol));
  EXPECT_EQ(table.name(symbol).value(), std::string(64u << 10, 'n'));
}

TEST(SymbolTable, ManyEndlessAliasesAreAnsweredWithinASecond) {
  MadeElf<> made;
  made.symbol(std::string(2u << 20, 'n'), 0x1000, 8);
  auto alias = made.symbols[0];
  for (int i = 0; i < 300'000; i++) {
    alias.st_name++;
    made.symbols.push_back(alias);
  }
  made.end_symbols();
  auto file = made.file();
  std::clock_t start = std::clock();
  SymbolTable table = table_of({file});
  EXPECT_FALSE(table.find(std::string(50'000, 'n')));
  SymbolTable::Symbol symbol;
  EXPECT_TRUE(table.find(0x1007, symbol));
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
}

TEST(SymbolTable, AFileCutShortLaterGivesErrorsInsteadOfNames) {
  MadeElf<> made;
  std::string bytes = made.symbol("function", 0x1000, 8).end_symbols().bytes();
  base::Fd fd(::memfd_create("elf", MFD_CLOEXEC));
  ASSERT_TRUE(base::write_all(fd.get(), bytes, "memory"));
  int writer = fd.get();
  auto file = File::from_fd(std::move(fd), "shrinking");
  ASSERT_TRUE(file);
  SymbolTable table = table_of({std::make_shared<const File>(std::move(*file))});
  ASSERT_EQ(::ftruncate(writer, 64), 0);
  SymbolTable::Symbol symbol;
  ASSERT_TRUE(table.find(0x1000, symbol));
  EXPECT_EQ(table.name(symbol).error().what, "shrinking: became shorter while it was read");
  EXPECT_FALSE(table.find("function"));
  EXPECT_FALSE(table.each([](const SymbolTable::Symbol&, std::string_view) { return true; }));
}

TEST(SymbolTable, IsAsSmallAsPromised) {
  MadeElf<> made;
  for (uint64_t i = 0; i < 100'000; i++)
    made.symbol(fmt::format("function_number_{}", i), 0x1000 + 32 * (i * 7919 % 100'000), 32);
  SymbolTable table = table_of(made);
  ASSERT_EQ(table.size(), 100'000u);
  EXPECT_LE(table.memory(), 100'000u * 17);
  EXPECT_EQ(at(table, 0x1000 + 32 * 7919 + 5), "function_number_1+5");
}

TEST(SymbolTable, AnswersAreThoseOfASlowSearch) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; round++) {
    MadeElf<> made;
    struct Row {
      uint64_t start, size;
    };
    std::vector<Row> rows;
    for (unsigned i = 0, count = 1 + random() % 300; i < count; i++) {
      Row row{0x1000 + random() % 500, random() % 7 ? random() % (i % 9 ? 10 : 300) : 0};
      rows.push_back(row);
      made.symbol(fmt::format("s{}", i), row.start, row.size);
    }
    SymbolTable table = table_of(made);
    for (uint64_t address = 0xff0; address < 0x1400; address++) {
      uint64_t inner = 0, below = 0;
      bool below_has_no_size = false;
      for (const Row& row : rows) {
        if (address >= row.start && address - row.start < row.size) inner = std::max(inner, row.start);
        if (row.start > address || row.start < below) continue;
        below_has_no_size = row.size == 0 || (below_has_no_size && row.start == below);
        below = row.start;
      }
      uint64_t wanted = inner ? inner : below_has_no_size ? below : 0;
      SymbolTable::Symbol symbol;
      ASSERT_EQ(table.find(address, symbol) ? symbol.address : 0, wanted)
          << fmt::format("{:x} in round {}", address, round);
    }
  }
}

TEST(SymbolTable, AHugeFunctionAroundAMillionDoesNotSlowSearches) {
  MadeElf<> made;
  constexpr uint64_t kCount = 300'000;
  made.symbol("huge", 0x1000, 1u << 28);
  for (uint64_t i = 1; i < kCount; i++) made.symbol("f", 0x1000 + i * 2, 1);
  SymbolTable table = table_of(made);
  for (uint64_t i = 1; i < kCount; i++) ASSERT_EQ(at(table, 0x1000 + i * 2 + 1), fmt::format("huge+{:x}", i * 2 + 1));
}

TEST(SymbolTable, WhatLiesDoesNoHarm) {
  MadeElf<> made;
  made.symbol("top", UINT64_MAX - 4, UINT64_MAX).symbol("big", 0x1000, UINT64_MAX);
  made.symbols.back().st_name = UINT32_MAX;
  made.symbol("far_section", 0x1100, 0, kLabel, 0xfe00).symbol("no_section", 0x1200, 0, kLabel, SHN_XINDEX);
  SymbolTable table = table_of(made);
  EXPECT_EQ(at(table, UINT64_MAX - 1), "top+3");
  EXPECT_EQ(at(table, 0x1000), "");
  EXPECT_EQ(table.size(), 1u);
}

TEST(SymbolTable, DamagedTablesAreErrorsAndNoneIsNone) {
  MadeElf<> none, odd, nameless, outside;
  EXPECT_EQ(table_of({none.file()}).size(), 0u);
  odd.symbol("f", 0x1000, 8).end_symbols().sections[1].entry_size = 7;
  EXPECT_EQ(SymbolTable::read({odd.file()}).error().what, "made: a damaged symbol table");
  nameless.symbol("f", 0x1000, 8).end_symbols().sections[1].link = 99;
  EXPECT_EQ(SymbolTable::read({nameless.file()}).error().what, "made: a symbol table without names");
  outside.symbol("f", 0x1000, 8).end_symbols().sections[1].size = 1u << 28;
  EXPECT_EQ(SymbolTable::read({outside.file()}).error().what, "made: points outside of itself");
}

TEST(SymbolTable, ATableOfATerabyteIsRefusedWithoutReadingIt) {
  MadeElf<> made;
  made.symbol("f", 0x1000, 8).end_symbols().sections[1].size = uint64_t{1} << 40;
  base::Fd sparse(::memfd_create("sparse", MFD_CLOEXEC));
  ASSERT_TRUE(base::write_all(sparse.get(), made.bytes(), "sparse"));
  ASSERT_EQ(::ftruncate(sparse.get(), off_t{1} << 41), 0);
  auto file = File::from_fd(std::move(sparse), "sparse");
  ASSERT_TRUE(file) << file.error().what;
  auto table = SymbolTable::read({std::make_shared<const File>(std::move(*file))});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().what, "sparse: a symbol table of 1099511627776 bytes");
}

TEST(SymbolTable, AMillionLabelsOfOneEndlessNameAreReadAtOnce) {
  MadeElf<> made;
  constexpr uint64_t kCount = 1'000'000;
  made.sections[0].size = kCount;
  made.symbol(std::string(1u << 20, 'a'), 0x1000, 0, kLabel);
  for (uint64_t i = 1; i < kCount; i++) {
    made.symbols.push_back(made.symbols[0]);
    made.symbols.back().st_value += i;
  }
  auto file = made.end_symbols().file();
  std::clock_t start = std::clock();
  EXPECT_EQ(table_of({file}).size(), kCount);
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
}

TEST(SymbolTable, RandomDamageDoesNoHarm) {
  MadeElf<> made;
  for (uint64_t i = 0; i < 20; i++) made.symbol(fmt::format("f{}", i), 0x1000 + i * 16, 16);
  std::string whole = made.end_symbols().bytes();
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; i++) {
    std::string damaged = whole.substr(0, i % 3 ? whole.size() : random() % whole.size());
    for (unsigned flips = random() % 8; flips > 0 && !damaged.empty(); flips--)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    auto file = File::from_bytes(damaged, "damaged");
    if (!file) continue;
    auto table = SymbolTable::read({std::make_shared<const File>(std::move(*file))});
    if (!table) continue;
    all(*table);
    for (uint64_t address = 0x1000; address < 0x1200; address += 8) at(*table, address);
  }
}

std::vector<uint64_t> named(const SymbolTable& table, std::string_view name) {
  std::vector<uint64_t> addresses;
  for (const SymbolTable::Symbol& each : table.named(name)) addresses.push_back(each.address);
  return addresses;
}

TEST(SymbolTable, AllFunctionsOfAName) {
  MadeElf<> made;
  made.symbol("twin", 0x1000, 8, kLocal).symbol("twin", 0x1100, 8, kLocal).symbol("twin", 0x1200, 8);
  made.symbol("twins", 0x1300, 8).symbol("twi", 0x1310, 8).symbol("twin", 0x1100, 8, kWeak).symbol("alias", 0x1200, 8);
  SymbolTable table = table_of(made);
  EXPECT_THAT(named(table, "twin"), ElementsAre(0x1000, 0x1100, 0x1200));
  EXPECT_THAT(named(table, "alias"), ElementsAre(0x1200));
  EXPECT_THAT(named(table, "none"), testing::IsEmpty());
  EXPECT_THAT(named(table, ""), testing::IsEmpty());
}

TEST(SymbolTable, WhatACompilerAddsToANameIsTheSameFunctionOrIsNot) {
  MadeElf<> made;
  made.symbol("f.lto_priv.0", 0x1000, 8, kLocal)
      .symbol("f.llvm.8127", 0x1100, 8, kLocal)
      .symbol("f", 0x1200, 8, kLocal);
  made.symbol("f.part.0", 0x1300, 8, kLocal).symbol("f.cold", 0x1400, 8, kLocal).symbol("f.isra.0", 0x1500, 8, kLocal);
  made.symbol("f.constprop.0", 0x1600, 8, kLocal)
      .symbol("f.lto_priv.x", 0x1700, 8, kLocal)
      .symbol("f.llvm.", 0x1800, 8);
  SymbolTable table = table_of(made);
  EXPECT_THAT(named(table, "f"), ElementsAre(0x1000, 0x1100, 0x1200));
  EXPECT_THAT(named(table, "f.constprop.0"), ElementsAre(0x1600));
}

TEST(SymbolTable, VersionsOfASymbol) {
  MadeElf<> made;
  made.symbol("answer@V1", 0x1000, 8)
      .symbol("answer@@V2", 0x1100, 8)
      .symbol("answer", 0x1100, 8)
      .symbol("old@V1", 0x1200, 8);
  SymbolTable table = table_of(made);
  EXPECT_THAT(named(table, "answer"), ElementsAre(0x1100));
  EXPECT_THAT(named(table, "answer@V1"), ElementsAre(0x1000));
  EXPECT_THAT(named(table, "answer@V2"), ElementsAre(0x1100));
  EXPECT_THAT(named(table, "answer@@V2"), ElementsAre(0x1100));
  EXPECT_THAT(named(table, "answer@V3"), testing::IsEmpty());
  EXPECT_THAT(named(table, "old"), testing::IsEmpty());
}

// .dynsym says by .gnu.version which is not the default one.
TEST(SymbolTable, OldVersionsOnlyWhereThereIsNoOther) {
  MadeElf<> made;
  made.symbol("", 0, 0, 0, 0)
      .symbol("answer", 0x1000, 8)
      .symbol("answer", 0x1100, 8)
      .symbol("gone", 0x1200, 8)
      .symbol("gone", 0x1300, 8);
  made.end_symbols(SHT_DYNSYM);
  const uint16_t versions[] = {0, 0x8002, 3, 0x8002, 0x8003};
  made.sections.push_back(
      {".gnu.version", SHT_GNU_versym, std::string(reinterpret_cast<const char*>(versions), sizeof versions)});
  SymbolTable table = table_of({made.file()});
  EXPECT_THAT(named(table, "answer"), ElementsAre(0x1100));
  EXPECT_THAT(named(table, "gone"), ElementsAre(0x1200, 0x1300));
}

}  // namespace
}  // namespace sonde::elf
