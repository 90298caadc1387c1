// Programs and libraries are found by name, here and in the eyes of other processes.
#include "symbols/binary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/directory_test.h"
#include "base/file.h"
#include "elf/made_elf_test.h"
#include "symbols/binary_root.h"
#include "symbols/library_search.h"

namespace sonde::symbols {
namespace {

using testing::HasSubstr;

std::string real(const std::string& path) { return std::filesystem::canonical(path); }

TEST(IsLibrary, ByItsShortNameOrWhole) {
  EXPECT_TRUE(is_library("libc.so.6", "c"));
  EXPECT_TRUE(is_library("libc.so", "c"));
  EXPECT_TRUE(is_library("libc-2.31.so", "c"));
  EXPECT_TRUE(is_library("libstdc++.so.6.0.30", "stdc++"));
  EXPECT_TRUE(is_library("libssl.so.3", "libssl.so.3"));
  EXPECT_FALSE(is_library("libcap.so.2", "c"));
  EXPECT_FALSE(is_library("libc-client.so", "c"));
  EXPECT_FALSE(is_library("libc.so.6", "libc"));
  EXPECT_FALSE(is_library("c", ""));
}

TEST(FindLibrary, TheLoadersOwn) {
  auto path = find_library("c");
  ASSERT_TRUE(path) << path.error().what;
  EXPECT_TRUE(path->ends_with("/libc.so.6")) << *path;
  EXPECT_EQ(find_library("libc.so.6").value(), *path);
  EXPECT_EQ(find_library("/x/y").value(), "/x/y");
}

TEST(FindLibrary, WhatIsNowhereIsToldWithTheNearest) {
  auto found = find_library("stdcc++");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(found.error().what, testing::StartsWith("no library stdcc++: not in /etc/ld.so.cache ("));
  EXPECT_THAT(found.error().what, HasSubstr("nearest: stdc++"));
}

TEST(FindLibrary, OfAProcessItIsWhatItHasMapped) {
  auto path = find_library("c", ::getpid());
  ASSERT_TRUE(path) << path.error().what;
  EXPECT_EQ(real(*path), real(find_library("c").value()));
  auto gone = find_library("c", INT_MAX);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().what, fmt::format("no process {}", INT_MAX));
}

TEST(FindBinary, ProgramsByPathAndByName) {
  auto by_path = find_binary("/proc/self/exe");
  ASSERT_TRUE(by_path) << by_path.error().what;
  EXPECT_EQ(by_path->path, "/proc/self/exe");
  auto by_name = find_binary("bash");
  ASSERT_TRUE(by_name) << by_name.error().what;
  EXPECT_EQ(by_name->shown, find_program("bash").value());
  EXPECT_TRUE(by_name->file->is_64_bit());
  auto library = find_binary("c", ::getpid());
  ASSERT_TRUE(library) << library.error().what;
  EXPECT_EQ(library->path, library->shown);
}

TEST(FindBinary, WhatCannotBeOpenedSaysWhy) {
  base::TestDirectory directory;
  ASSERT_EQ(::mkfifo((directory / "fifo").c_str(), 0600), 0);
  EXPECT_THAT(find_binary(directory / "fifo").error().what, HasSubstr("a FIFO, no regular file"));
  std::ofstream(directory / "text") << "#!/bin/sh\n";
  EXPECT_THAT(find_binary(directory / "text").error().what, HasSubstr("ELF"));
  EXPECT_EQ(find_binary(directory / "none").error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(find_binary("no_such_program_at_all").error().what, HasSubstr("nor in $PATH"));
  EXPECT_EQ(find_binary("").error().kind, ErrorKind::kInvalid);
}

TEST(ResolveIn, LinksStayInsideOfTheRoot) {
  base::TestDirectory root;
  std::filesystem::create_directories(root / "usr/lib");
  std::ofstream(root / "usr/lib/libx.so.1.2") << "x";
  std::filesystem::create_directory_symlink("usr/lib", root / "lib");
  std::filesystem::create_symlink("/usr/lib/libx.so.1.2", root / "usr/lib/libx.so");
  std::filesystem::create_symlink("../../../../../../usr/lib/libx.so", root / "up");
  std::filesystem::create_symlink("loop", root / "loop");
  EXPECT_EQ(resolve_in(root.path(), "/lib/libx.so").value(), "/usr/lib/libx.so.1.2");
  EXPECT_EQ(resolve_in(root.path(), "/up").value(), "/usr/lib/libx.so.1.2");
  EXPECT_EQ(resolve_in(root.path(), "//usr/./lib/../lib//libx.so.1.2").value(), "/usr/lib/libx.so.1.2");
  EXPECT_EQ(resolve_in(root.path(), "/usr/none").error().kind, ErrorKind::kNotFound);
  EXPECT_FALSE(resolve_in(root.path(), "/loop"));
  EXPECT_EQ(read_in(root.path(), "/lib/libx.so", 100).value(), "x");
  EXPECT_FALSE(open_in(root.path(), "/usr/lib"));
}

TEST(FunctionsCalled, IndirectOnesAreWhatThisMachineChose) {
  auto libc = find_binary("c");
  ASSERT_TRUE(libc) << libc.error().what;
  auto malloc = functions_called(*libc, "malloc");
  ASSERT_TRUE(malloc) << malloc.error().what;
  ASSERT_EQ(malloc->size(), 1u);
  EXPECT_FALSE(malloc->front().indirect);
  EXPECT_EQ(malloc->front().offset, libc->file->offset_of(malloc->front().address));
  auto strlen = functions_called(*libc, "strlen");
  ASSERT_TRUE(strlen) << strlen.error().what;
  ASSERT_EQ(strlen->size(), 1u);
  EXPECT_TRUE(strlen->front().indirect);
  EXPECT_NE(strlen->front().offset, 0u);
  EXPECT_NE(strlen->front().offset, libc->file->offset_of(strlen->front().address));
  auto both = find_functions(*libc, "malloc|strlen");
  ASSERT_TRUE(both) << both.error().what;
  EXPECT_EQ(both->size(), 2u);
}

std::vector<uint64_t> addresses_of(const Binary& binary, const std::string& name) {
  auto found = functions_called(binary, name);
  EXPECT_TRUE(found) << found.error().what;
  std::vector<uint64_t> addresses;
  for (const Function& each : found.value_or(std::vector<Function>{})) addresses.push_back(each.address);
  return addresses;
}

TEST(FunctionsCalled, AllOfAName) {
  using testing::ElementsAre;
  elf::MadeElf<> made;
  constexpr unsigned kLocal = ELF64_ST_INFO(STB_LOCAL, STT_FUNC);
  made.symbol("twin", 0x1000, 8, kLocal).symbol("twin", 0x1010, 8, kLocal).symbol("_ZN2ns4overEi", 0x1020, 8);
  made.symbol("_ZN2ns4overEl", 0x1030, 8).symbol("_ZN2ns4overEi.cold", 0x1040, 8, kLocal);
  made.symbol("_ZN1r4shop7generic17h22befec5ef069e01E", 0x1050, 8, kLocal);
  made.symbol("_ZN1r4shop7generic17hac72b8df7d508258E", 0x1060, 8, kLocal);
  made.symbol("_RINvNtCs6GmmlP4bgsG_1r4shop7generichEB4_", 0x1070, 8, kLocal);
  made.symbol("_RINvNtCs6GmmlP4bgsG_1r4shop7genericmEB4_", 0x1080, 8, kLocal);
  made.symbol("_RNvMNtCs6GmmlP4bgsG_1r4shopNtB2_4Cart3add", 0x1090, 8, kLocal).end_symbols();
  made.segments.push_back(
      {.p_type = PT_LOAD, .p_flags = PF_X, .p_vaddr = 0x1000, .p_filesz = 0x1000, .p_memsz = 0x1000});
  made.segments.back().p_align = 0x1000;
  Binary binary{"made", "made", made.file(), "", "/made"};
  EXPECT_THAT(addresses_of(binary, "twin"), ElementsAre(0x1000, 0x1010));
  EXPECT_THAT(addresses_of(binary, "ns::over"), ElementsAre(0x1020, 0x1030));
  EXPECT_THAT(addresses_of(binary, "ns::over(long)"), ElementsAre(0x1030));
  EXPECT_THAT(addresses_of(binary, "r::shop::generic"), ElementsAre(0x1050, 0x1060, 0x1070, 0x1080));
  EXPECT_THAT(addresses_of(binary, "r::shop::generic::<u32>"), ElementsAre(0x1080));
  EXPECT_THAT(addresses_of(binary, "r::shop::Cart::add"), ElementsAre(0x1090));
}

TEST(FindFunctions, ByPatternEachPlaceOnce) {
  auto libc = find_binary("c");
  ASSERT_TRUE(libc) << libc.error().what;
  auto all = find_functions(*libc, ".*");
  ASSERT_TRUE(all) << all.error().what;
  EXPECT_GT(all->size(), 1500u);
  for (size_t i = 1; i < all->size(); i++) ASSERT_LT((*all)[i - 1].offset, (*all)[i].offset);
  EXPECT_EQ(find_functions(*libc, "no_such.*")->size(), 0u);
  EXPECT_EQ(find_functions(*libc, "mallo")->size(), 0u);  // the whole name
  EXPECT_EQ(find_functions(*libc, "[").error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace sonde::symbols
