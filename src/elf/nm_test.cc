// Debian's own programs and libraries: every function that nm(1) lists, at its address and by its name, and nothing
// else.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gnu/libc-version.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>
#include <vector>

#include "elf/symbol_table.h"

namespace sonde::elf {
namespace {

using NamedAddress = std::pair<uint64_t, std::string>;

std::string output_of(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  char block[4096];
  for (size_t got; pipe && (got = std::fread(block, 1, sizeof block, pipe.get())) > 0;) text.append(block, got);
  return text;
}

// nm's t, T, w, W and i: code, also what is weak, and indirect functions. A weak object is V, v or, of unknown type, W.
std::set<NamedAddress> by_nm(const std::string& options, const std::string& path) {
  std::set<NamedAddress> found;
  std::istringstream lines(output_of("nm --format=posix --defined-only " + options + " " + path));
  std::string name, address;
  char type;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    if (!(fields >> name >> type >> address) || !std::strchr("tTwWi", type)) continue;
    found.emplace(std::stoull(address, nullptr, 16), name.substr(0, name.find('@')));
  }
  return found;
}

std::vector<NamedAddress> without(const std::set<NamedAddress>& some, const std::set<NamedAddress>& others) {
  std::vector<NamedAddress> rest;
  std::set_difference(some.begin(), some.end(), others.begin(), others.end(), std::back_inserter(rest));
  return rest;
}

// The library that a function of this very program comes from.
std::string library_of(const void* function) {
  Dl_info info{};
  return ::dladdr(function, &info) ? info.dli_fname : "";
}

void expect_as_nm(const std::string& options, const std::string& path) {
  auto file = File::open(path);
  ASSERT_TRUE(file) << file.error().what;
  auto table = SymbolTable::read({std::make_shared<const File>(std::move(*file))});
  ASSERT_TRUE(table) << table.error().what;
  std::set<NamedAddress> ours;
  size_t lost = 0;
  EXPECT_TRUE(table->each([&](const SymbolTable::Symbol& symbol, std::string_view name) {
    ours.emplace(symbol.address, name.substr(0, name.find('@')));
    SymbolTable::Symbol found;
    lost += !table->find(symbol.address, found) || found.address != symbol.address;
    return true;
  }));
  EXPECT_EQ(lost, 0u);
  EXPECT_GT(ours.size(), 500u);
  std::set<NamedAddress> nms = by_nm(options, path);
  EXPECT_THAT(without(ours, nms), testing::IsEmpty());
  EXPECT_THAT(without(nms, ours),
              testing::Each(testing::Pair(testing::_, testing::AnyOf("data_start", "etext", "_etext"))));
}

TEST(AsNm, Libc) { expect_as_nm("-D", library_of(reinterpret_cast<const void*>(&::gnu_get_libc_version))); }
TEST(AsNm, Libstdcpp) { expect_as_nm("-D", library_of(reinterpret_cast<const void*>(&std::terminate))); }
TEST(AsNm, Bash) { expect_as_nm("-D", "/bin/bash"); }
TEST(AsNm, OurOwnSymtab) { expect_as_nm("", SONDE_BINARY_DIR "/bin/sonde_elf_test"); }

}  // namespace
}  // namespace sonde::elf
