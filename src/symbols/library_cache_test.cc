// The loader's cache in both formats, from bytes made by hand; damage costs entries, never more.
#include "symbols/library_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace sonde::symbols {
namespace {

struct Row {
  int32_t flags;
  std::string name, path;
  uint64_t hwcap = 0;
};

template <typename T>
void put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string new_cache(const std::vector<Row>& rows, uint32_t claimed) {
  std::string head = "glibc-ld.so.cache1.1", strings;
  put<uint32_t>(head, claimed);
  put<uint32_t>(head, 0);  // length of the strings
  head.append(20, '\0');   // flags, padding, extensions, unused
  for (const Row& row : rows) {
    uint32_t at = static_cast<uint32_t>(48 + 24 * rows.size() + strings.size());
    put(head, row.flags);
    put(head, at);
    put(head, static_cast<uint32_t>(at + row.name.size() + 1));
    put<uint32_t>(head, 0);
    put(head, row.hwcap);
    strings += row.name + '\0' + row.path + '\0';
  }
  return head + strings;
}

std::string old_cache(const std::vector<Row>& rows) {
  std::string head("ld.so-1.7.0\0", 12), strings;
  put(head, static_cast<uint32_t>(rows.size()));
  for (const Row& row : rows) {
    put(head, row.flags);
    put(head, static_cast<uint32_t>(strings.size()));
    put(head, static_cast<uint32_t>(strings.size() + row.name.size() + 1));
    strings += row.name + '\0' + row.path + '\0';
  }
  return head + strings;
}

const std::vector<Row> kRows = {{0x0303, "libc.so.6", "/lib/libc.so.6"}, {0x0003, "libz.so.1", "/lib32/libz.so.1", 7}};

void expect_both(const std::string& bytes) {
  auto libraries = parse_library_cache(bytes);
  ASSERT_TRUE(libraries) << libraries.error().what;
  ASSERT_EQ(libraries->size(), 2u);
  EXPECT_EQ((*libraries)[0].name, "libc.so.6");
  EXPECT_EQ((*libraries)[0].path, "/lib/libc.so.6");
  EXPECT_EQ((*libraries)[1].name, "libz.so.1");
  EXPECT_EQ((*libraries)[1].flags, 3);
}

TEST(LibraryCache, TheNewFormat) {
  std::string bytes = new_cache(kRows, 2);
  expect_both(bytes);
  EXPECT_EQ((*parse_library_cache(bytes))[1].hwcap, 7u);
}

TEST(LibraryCache, TheOldFormat) { expect_both(old_cache(kRows)); }

TEST(LibraryCache, TheNewFormatBehindTheOld) {
  std::string bytes = old_cache({});
  expect_both(bytes.append((8 - bytes.size() % 8) % 8, '\0') + new_cache(kRows, 2));
}

TEST(LibraryCache, ACountBeyondTheEndIsNotBelieved) {
  std::string bytes =
      new_cache(kRows, UINT32_MAX);  // the strings are taken for entries too: whatever they say is checked
  auto libraries = parse_library_cache(bytes);
  ASSERT_TRUE(libraries);
  EXPECT_GE(libraries->size(), 2u);
  EXPECT_LE(libraries->size(), bytes.size() / 24);
}

TEST(LibraryCache, EveryTruncationIsSurvived) {
  for (const std::string& whole : {new_cache(kRows, 2), old_cache(kRows)}) {
    for (size_t size = 0; size < whole.size(); size++) {
      std::string cut = whole.substr(0, size);
      cut.shrink_to_fit();
      auto libraries = parse_library_cache(cut);
      if (libraries) EXPECT_LT(libraries->size(), 2u) << size;
    }
  }
}

TEST(LibraryCache, WhatIsNoCacheIsRefused) {
  EXPECT_EQ(parse_library_cache("").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(parse_library_cache(std::string(100, 'x')).error().what, "not a cache of the dynamic loader");
}

TEST(LibraryCache, ThisMachinesOwn) {
  auto bytes = base::read_file("/etc/ld.so.cache");
  ASSERT_TRUE(bytes) << bytes.error().what;
  auto libraries = parse_library_cache(*bytes);
  ASSERT_TRUE(libraries) << libraries.error().what;
  int native_libcs = 0;
  for (const CachedLibrary& each : *libraries) native_libcs += each.name == "libc.so.6" && is_native(each);
  EXPECT_EQ(native_libcs, 1);
}

}  // namespace
}  // namespace sonde::symbols
