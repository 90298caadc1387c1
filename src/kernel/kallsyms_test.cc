// Symbols by name and by address, from text with everything that real tables have.
#include "kernel/kallsyms.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace sonde::kernel {
namespace {

constexpr const char* kText =
    "ffffffff81000000 T _stext\n"
    "ffffffff81000000 T _text\n"
    "ffffffff81000100 t vfs_read.isra.0\n"
    "ffffffff81000200 T vfs_read\n"
    "0000000000000010 A fixed_percpu_data\n"
    "ffffffffc0001000 t nft_do_chain\t[nf_tables]\n"
    "rubbish\n"
    "ffffffff81000300 D jiffies\n";

TEST(Kallsyms, FindsByName) {
  auto table = Kallsyms::parse(kText);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->size(), 7u);
  Kallsyms::Symbol symbol;
  ASSERT_TRUE(table->find("vfs_read", symbol));
  EXPECT_EQ(symbol.address, 0xffffffff81000200u);
  EXPECT_EQ(symbol.type, 'T');
  EXPECT_EQ(symbol.module, "");
  ASSERT_TRUE(table->find("nft_do_chain", symbol));
  EXPECT_EQ(symbol.module, "nf_tables");
  EXPECT_FALSE(table->find("vfs_rea", symbol));
  EXPECT_FALSE(table->find("", symbol));
}

TEST(Kallsyms, ResolvesAddressesToTheFirstOfTheSymbolsAtThePlace) {
  auto table = Kallsyms::parse(kText);
  ASSERT_TRUE(table);
  Kallsyms::Symbol symbol;
  ASSERT_TRUE(table->resolve(0xffffffff8100020f, symbol));
  EXPECT_EQ(symbol.name, "vfs_read");
  EXPECT_EQ(symbol.offset, 15u);
  ASSERT_TRUE(table->resolve(0xffffffff81000001, symbol));
  EXPECT_EQ(symbol.name, "_stext");
  EXPECT_FALSE(table->resolve(5, symbol));
}

TEST(Kallsyms, NoSymbolReachesFarIntoAGap) {
  auto table = Kallsyms::parse(kText);
  ASSERT_TRUE(table);
  Kallsyms::Symbol symbol;
  ASSERT_TRUE(table->resolve(0xffffffffc0001fff, symbol));
  EXPECT_EQ(symbol.name, "nft_do_chain");
  EXPECT_EQ(symbol.module, "nf_tables");
  EXPECT_FALSE(table->resolve(0xffffffffc0002000, symbol));
  ASSERT_TRUE(table->resolve(0xffffffff81000300 + (64 << 10) - 1, symbol));
  EXPECT_EQ(symbol.name, "jiffies");
  EXPECT_FALSE(table->resolve(0xffffffff81000300 + (64 << 10), symbol));
  EXPECT_FALSE(table->resolve(0xffffc90000000000, symbol));  // above a per-CPU offset, which is no address
  EXPECT_FALSE(table->resolve(0x10, symbol));
  EXPECT_FALSE(table->resolve(UINT64_MAX, symbol));
}

TEST(Kallsyms, NamesThatAreTheEndsOfOthersShareTheirText) {
  auto table = Kallsyms::parse(
      "ffffffff81000000 t __pfx_vfs_read\n"
      "ffffffff81000010 T vfs_read\n"
      "ffffffff81000020 t read\n"
      "ffffffff81000030 t e\n"
      "ffffffff81000040 t __pfx_init\t[one]\n"
      "ffffffff81000050 t init\t[one]\n"
      "ffffffff81000060 t init\t[twone]\n"
      "ffffffff81000070 t init");
  ASSERT_TRUE(table);
  const char* names[][2] = {{"__pfx_vfs_read", ""}, {"vfs_read", ""}, {"read", ""},      {"e", ""},
                            {"__pfx_init", "one"},  {"init", "one"},  {"init", "twone"}, {"init", ""}};
  ASSERT_EQ(table->size(), std::size(names));
  for (size_t i = 0; i < table->size(); i++) {
    EXPECT_EQ((*table)[i].name, names[i][0]);
    EXPECT_EQ((*table)[i].module, names[i][1]);
  }
}

TEST(Kallsyms, ModulesAlone) {
  auto table = Kallsyms::parse(kText, Kallsyms::Part::kModules);
  ASSERT_TRUE(table);
  ASSERT_EQ(table->size(), 1u);
  EXPECT_EQ((*table)[0].name, "nft_do_chain");
  EXPECT_TRUE(Kallsyms::parse("ffffffff81000000 T _stext\n", Kallsyms::Part::kModules));
}

TEST(Kallsyms, HiddenAddressesResolveNothing) {
  auto table = Kallsyms::parse("0000000000000000 T _text\n0000000000000000 T vfs_read\n");
  ASSERT_TRUE(table);
  EXPECT_FALSE(table->has_addresses());
  Kallsyms::Symbol symbol;
  EXPECT_TRUE(table->find("vfs_read", symbol));
  EXPECT_FALSE(table->resolve(0xffffffff81000001, symbol));
}

TEST(Kallsyms, AnEmptyTableIsAnError) {
  EXPECT_FALSE(Kallsyms::parse(""));
  EXPECT_FALSE(Kallsyms::parse("what is this\n\n\n"));
}

TEST(Kallsyms, IsTheSameHoweverTheFileIsRead) {
  auto text = base::read_file("/proc/kallsyms");
  ASSERT_TRUE(text);
  auto path = testing::TempDir() + "/kallsyms";
  ASSERT_TRUE(base::write_file_atomically(path, *text));
  auto parsed = Kallsyms::parse(*text), loaded = Kallsyms::load(path);
  ASSERT_TRUE(parsed && loaded);
  ASSERT_EQ(parsed->size(), loaded->size());
  for (size_t i = 0; i < parsed->size(); i++) {
    ASSERT_EQ((*parsed)[i].address, (*loaded)[i].address);
    ASSERT_EQ((*parsed)[i].name, (*loaded)[i].name);
    ASSERT_EQ((*parsed)[i].module, (*loaded)[i].module);
  }
}

TEST(Kallsyms, TakesUnder50BytesASymbol) {
  auto table = Kallsyms::running();
  ASSERT_TRUE(table);
  Kallsyms::Symbol symbol;
  EXPECT_FALSE((*table)->find("", symbol));  // the index of names counts too
  EXPECT_LT((*table)->memory() / (*table)->size(), 50u);
}

TEST(Kallsyms, TheRunningKernelsTableHoldsTogether) {
  auto table = Kallsyms::running();
  ASSERT_TRUE(table) << table.error().what;
  EXPECT_GT((*table)->size(), 10'000u);
  if (!(*table)->has_addresses()) GTEST_SKIP() << "addresses are hidden from this user";
  Kallsyms::Symbol named, resolved;
  ASSERT_TRUE((*table)->find("schedule", named));
  ASSERT_TRUE((*table)->resolve(named.address + 1, resolved));
  EXPECT_EQ(resolved.address, named.address);
  EXPECT_EQ(resolved.offset, 1u);
}

}  // namespace
}  // namespace sonde::kernel
