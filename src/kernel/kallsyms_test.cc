// Symbols by name and by address, from text with everything that real tables have.
#include "kernel/kallsyms.h"

#include <gtest/gtest.h>

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

TEST(Kallsyms, ResolvesAddressesToTheFirstSymbolAtOrBelow) {
  auto table = Kallsyms::parse(kText);
  ASSERT_TRUE(table);
  Kallsyms::Symbol symbol;
  ASSERT_TRUE(table->resolve(0xffffffff8100020f, symbol));
  EXPECT_EQ(symbol.name, "vfs_read");
  EXPECT_EQ(symbol.offset, 15u);
  ASSERT_TRUE(table->resolve(0xffffffff81000001, symbol));
  EXPECT_EQ(symbol.name, "_stext");
  ASSERT_TRUE(table->resolve(UINT64_MAX, symbol));
  EXPECT_EQ(symbol.name, "nft_do_chain");
  EXPECT_FALSE(table->resolve(5, symbol));
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
