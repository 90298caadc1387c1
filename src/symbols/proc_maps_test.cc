// Lines of /proc/PID/maps, good ones and others.
#include "symbols/proc_maps.h"

#include <gtest/gtest.h>
#include <sys/sysmacros.h>

namespace sonde::symbols {
namespace {

constexpr const char* kText =
    "00400000-00401000 r--p 00000000 fe:01 77                                 /usr/bin/two words\n"
    "00401000-00409000 r-xp 00001000 fe:01 77                                 /usr/bin/two words\n"
    "00a00000-00a21000 rw-p 00000000 00:00 0                                  [heap]\n"
    "7f0000000000-7f0000001000 rwxp 00000000 00:00 0 \n"
    "7f0000002000-7f0000003000 r-xp 00002000 08:11 12                         /lib/old.so (deleted)\n"
    "7f0000003000-7f0000004000 r-xp 00000000 08:11 13                         /tmp/a\\012b\n"
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

TEST(Maps, FilesAndTheirPlaces) {
  Maps maps = parse_maps(kText);
  EXPECT_EQ(maps.damaged_lines, 0u);
  ASSERT_EQ(maps.mappings.size(), 7u);
  ASSERT_EQ(maps.files.size(), 6u);
  const Mapping* code = find_mapping(maps.mappings, 0x401234);
  ASSERT_TRUE(code);
  EXPECT_TRUE(code->executable);
  EXPECT_EQ(code->offset, 0x1000u);
  EXPECT_EQ(maps.files[code->file], (MappedFile{"/usr/bin/two words", makedev(0xfe, 1), 77, false}));
  EXPECT_FALSE(find_mapping(maps.mappings, 0x400000)->executable);
}

TEST(Maps, EdgesBelongToTheMappingThatBeginsThere) {
  Maps maps = parse_maps(kText);
  EXPECT_FALSE(find_mapping(maps.mappings, 0x3fffff));
  EXPECT_EQ(find_mapping(maps.mappings, 0x400fff)->start, 0x400000u);
  EXPECT_EQ(find_mapping(maps.mappings, 0x401000)->start, 0x401000u);
  EXPECT_FALSE(find_mapping(maps.mappings, 0x409000));
  EXPECT_EQ(find_mapping(maps.mappings, 0xffffffffff600fff)->start, 0xffffffffff600000u);
  EXPECT_FALSE(find_mapping(maps.mappings, UINT64_MAX));
  EXPECT_FALSE(find_mapping({}, 0));
}

TEST(Maps, WhatIsNoFile) {
  Maps maps = parse_maps(kText);
  const MappedFile& heap = maps.files[find_mapping(maps.mappings, 0xa00000)->file];
  EXPECT_EQ(heap.path, "[heap]");
  EXPECT_FALSE(heap.is_file());
  EXPECT_EQ(maps.files[find_mapping(maps.mappings, 0x7f0000000000)->file].path, "");
}

TEST(Maps, MemoryThatLooksLikeAFile) {
  EXPECT_TRUE((MappedFile{"", 0, 0, false}).is_memory());
  EXPECT_TRUE((MappedFile{"/dev/zero", 1, 2, true}).is_memory());
  EXPECT_TRUE((MappedFile{"/memfd:doublemapper", 1, 2, true}).is_memory());
  EXPECT_FALSE((MappedFile{"/dev/zero", 1, 2, false}).is_memory());
  EXPECT_FALSE((MappedFile{"/usr/bin/deleted", 1, 2, true}).is_memory());
}

TEST(Maps, NamesThatWereWrittenDifferently) {
  Maps maps = parse_maps(kText);
  const MappedFile& old = maps.files[find_mapping(maps.mappings, 0x7f0000002000)->file];
  EXPECT_EQ(old.path, "/lib/old.so");
  EXPECT_TRUE(old.deleted);
  EXPECT_EQ(maps.files[find_mapping(maps.mappings, 0x7f0000003000)->file].path, "/tmp/a\nb");
}

TEST(Maps, LinesThatMakeNoSenseAreLeftOutAndCounted) {
  for (const char* line :
       {"rubbish", "", "1000-1000 r-xp 0 0:0 0", "2000-1000 r-xp 0 0:0 0", "1000-2000 r-xp", "1000-2000 r-?p 0 0:0 0 ",
        "1000-2000 r-xp 0 0:0 x", "1000-2000 r-xp 0 0:0 1x", "11111111111111111-2 r-xp 0 0:0 0", "-1-2 r-xp 0 0:0 0",
        "1000-2000 r-xp fffffffffffff800 0:0 0"}) {
    Maps maps = parse_maps(std::string(line) + "\n3000-4000 r-xp 00000000 00:00 0 \n");
    EXPECT_EQ(maps.damaged_lines, 1u) << line;
    ASSERT_EQ(maps.mappings.size(), 1u) << line;
    EXPECT_EQ(maps.mappings[0].start, 0x3000u);
  }
}

TEST(Maps, NoMappingOverlapsAnother) {
  Maps maps =
      parse_maps("1000-3000 r-xp 0 0:0 0\n2000-4000 r-xp 0 0:0 0\n500-600 r-xp 0 0:0 0\n3000-5000 r-xp 0 0:0 0");
  EXPECT_EQ(maps.damaged_lines, 2u);
  EXPECT_EQ(maps.mappings.size(), 2u);
}

}  // namespace
}  // namespace sonde::symbols
