// Perf maps as compilers write them, as they should not, and while they are being written.
#include "elf/perf_map.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <map>
#include <random>

#include "base/fd.h"
#include "base/file.h"

namespace sonde::elf {
namespace {

using testing::HasSubstr;

// "name+offset/size", or "" where there is nothing.
std::string at(const PerfMap& map, uint64_t address) {
  PerfMap::Symbol symbol;
  if (!map.find(address, symbol)) return "";
  return fmt::format("{}+{:x}/{:x}", symbol.name, address - symbol.address, symbol.size);
}

// A file in memory that can grow.
class Growing {
 public:
  Growing() : fd_(::memfd_create("perf-map", MFD_CLOEXEC)) {}
  explicit Growing(std::string_view text) : Growing() { add(text); }
  void add(std::string_view text) { EXPECT_TRUE(base::write_all(fd_.get(), text, "map")); }
  void cut() {
    EXPECT_EQ(::ftruncate(fd_.get(), 0), 0);
    EXPECT_EQ(::lseek(fd_.get(), 0, SEEK_SET), 0);
  }
  int fd() const { return fd_.get(); }

 private:
  base::Fd fd_;
};

TEST(PerfMap, HoldsWhatItsLinesSay) {
  PerfMap map =
      PerfMap::parse("7f00 10 first\n7f20 8 Second::call(int, char)\n0x8000 0x10 LazyCompile:~main /app.js:1\n");
  EXPECT_EQ(at(map, 0x7f00), "first+0/10");
  EXPECT_EQ(at(map, 0x7f0f), "first+f/10");
  EXPECT_EQ(at(map, 0x7f10), "");
  EXPECT_EQ(at(map, 0x7eff), "");
  EXPECT_EQ(at(map, 0x7f24), "Second::call(int, char)+4/8");
  EXPECT_EQ(at(map, 0x8001), "LazyCompile:~main /app.js:1+1/10");
  EXPECT_EQ(map.size(), 3u);
  EXPECT_EQ(map.damaged_lines(), 0u);
}

TEST(PerfMap, LinesThatMakeNoSenseAreCountedAndLeftOut) {
  PerfMap map = PerfMap::parse(
      "\n10\n10 20\n10 20 \n10 0 empty\nzz 10 name\n10 zz name\n10,20,name\n11111111111111111 1 long\n40 4 good");
  EXPECT_EQ(map.size(), 1u);
  EXPECT_EQ(map.damaged_lines(), 9u);
  EXPECT_EQ(at(map, 0x43), "good+3/4");
}

TEST(PerfMap, LineEndsOfDosAndNulBytesEndANameAndManyBlanksAreOne) {
  using namespace std::literals;
  PerfMap map = PerfMap::parse("10 4 dos\r\n20 4 nul\0hidden\n \t30 \t 4   blanks  \n"sv);
  EXPECT_EQ(at(map, 0x10), "dos+0/4");
  EXPECT_EQ(at(map, 0x20), "nul+0/4");
  EXPECT_EQ(at(map, 0x30), "blanks+0/4");
}

TEST(PerfMap, ANameOfAMegabyteIsCut) {
  PerfMap map = PerfMap::parse("10 4 " + std::string(1u << 20, 'x') + "\n20 4 next\n");
  PerfMap::Symbol symbol;
  ASSERT_TRUE(map.find(0x10, symbol));
  EXPECT_EQ(symbol.name, std::string(64u << 10, 'x'));
  EXPECT_EQ(at(map, 0x20), "next+0/4");
}

TEST(PerfMap, TheEndOfTheAddressSpace) {
  PerfMap map = PerfMap::parse("fffffffffffffff0 100 last\n0 ffffffffffffffff all\nffffffffffffffff 1 nothing\n");
  EXPECT_EQ(at(map, 0xfffffffffffffff5), "last+5/f");
  EXPECT_EQ(at(map, 5), "all+5/ffffffff");
  EXPECT_EQ(map.damaged_lines(), 1u);
}

TEST(PerfMap, TheLaterLineHoldsWhereTwoOverlap) {
  PerfMap map = PerfMap::parse("100 100 Interpreter\n140 20 codelet\n100 10 start\n1f0 20 end\n");
  EXPECT_EQ(at(map, 0x108), "start+8/10");
  EXPECT_EQ(at(map, 0x110), "Interpreter+10/100");
  EXPECT_EQ(at(map, 0x140), "codelet+0/20");
  EXPECT_EQ(at(map, 0x160), "Interpreter+60/100");
  EXPECT_EQ(at(map, 0x1ef), "Interpreter+ef/100");
  EXPECT_EQ(at(map, 0x1f0), "end+0/20");
  EXPECT_EQ(at(map, 0x20f), "end+1f/20");
  EXPECT_EQ(at(map, 0x210), "");
}

TEST(PerfMap, OverlapsAreAsIfPaintedLineByLine) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; round++) {
    std::string text[2];
    std::map<uint64_t, std::string> painted;
    for (unsigned line = 0, lines = 1 + random() % 40; line < lines; line++) {
      uint64_t start = random() % 200, size = 1 + random() % (line % 3 ? 20 : 150);
      text[line >= lines / 2] += fmt::format("{:x} {:x} n{}\n", start, size, line);
      for (uint64_t i = 0; i < size; i++) painted[start + i] = fmt::format("n{}+{:x}/{:x}", line, i, size);
    }
    Growing file(text[0]);
    auto map = PerfMap::read(file.fd(), "map");
    ASSERT_TRUE(map);
    file.add(text[1]);
    ASSERT_TRUE(map->read_more(file.fd(), "map").value());
    PerfMap at_once = PerfMap::parse(text[0] + text[1]);
    for (uint64_t i = 0; i < 400; i++) {
      ASSERT_EQ(at(at_once, i), painted.count(i) ? painted[i] : "") << i << " in\n" << text[0] << text[1];
      ASSERT_EQ(at(*map, i), at(at_once, i)) << i << " in\n" << text[0] << text[1];
    }
  }
}

TEST(PerfMap, WhatIsAppendedIsReadEvenInPieces) {
  Growing file("10 4 first\n20 4 sec");
  auto map = PerfMap::read(file.fd(), "map");
  ASSERT_TRUE(map);
  EXPECT_EQ(at(*map, 0x20), "sec+0/4");
  EXPECT_FALSE(map->read_more(file.fd(), "map").value());
  file.add("ond\n3");
  EXPECT_TRUE(map->read_more(file.fd(), "map").value());
  EXPECT_EQ(at(*map, 0x20), "second+0/4");
  EXPECT_EQ(at(*map, 0x10), "first+0/4");
  file.add("0 4 third\n10 2 newer\n");
  EXPECT_TRUE(map->read_more(file.fd(), "map").value());
  EXPECT_EQ(at(*map, 0x30), "third+0/4");
  EXPECT_EQ(at(*map, 0x11), "newer+1/2");
  EXPECT_EQ(at(*map, 0x12), "first+2/4");
  EXPECT_EQ(map->damaged_lines(), 0u);
}

TEST(PerfMap, AFileThatBecameShorterIsReadAnew) {
  Growing file("10 4 old\n20 4 older\n");
  auto map = PerfMap::read(file.fd(), "map");
  ASSERT_TRUE(map);
  file.cut();
  file.add("20 4 new\n");
  EXPECT_TRUE(map->read_more(file.fd(), "map").value());
  EXPECT_EQ(at(*map, 0x10), "");
  EXPECT_EQ(at(*map, 0x20), "new+0/4");
}

TEST(PerfMap, OfALongFileTheNewestLinesAreTaken) {
  std::string text;
  for (int i = 0; i < 1000; i++) text += fmt::format("{:x} 4 number{:06}\n", 0x1000 + i * 4, i);
  Growing file(text);
  auto map = PerfMap::read(file.fd(), "map", 500);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->size(), 500 / 20u);
  EXPECT_EQ(map->dropped(), text.size() - 500 / 20 * 20);
  EXPECT_EQ(map->damaged_lines(), 0u);
  EXPECT_EQ(at(*map, 0x1000 + 999 * 4), "number000999+0/4");
  EXPECT_EQ(at(*map, 0x1000), "");
}

// In CPU time, which what else runs on the machine lengthens a little: reading all of it would take ten times as long.
TEST(PerfMap, OfAGigabyteOnlyTheEndsAreRead) {
  base::Fd fd(::memfd_create("perf-map", MFD_CLOEXEC));
  std::string block;
  for (uint64_t i = 0; block.size() < (1u << 20) - 100; i++)
    block += fmt::format("{:x} 40 JS:*handle{} /srv/app/x.js:{}\n", 0x7f0000000000 + i * 64, i, i);
  block.resize(1u << 20, '\n');
  for (int64_t place : {0, 959}) {  // in MiB; between them a hole that is never read
    for (int64_t i = place; i < place + 65; i++)
      ASSERT_EQ(::pwrite(fd.get(), block.data(), block.size(), i << 20), 1 << 20);
  }
  std::clock_t start = std::clock();
  auto map = PerfMap::read(fd.get(), "map");
  EXPECT_LT(std::clock() - start, 3 * CLOCKS_PER_SEC);
  ASSERT_TRUE(map);
  EXPECT_EQ(at(*map, 0x7f0000000001), "JS:*handle0 /srv/app/x.js:0+1/40");
  EXPECT_EQ(map->dropped(), 960u << 20);
}

TEST(PerfMap, WhatIsNoFileIsRefused) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  base::Fd from(ends[0]), to(ends[1]);
  auto map = PerfMap::read(from.get(), "/tmp/perf-1.map");
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(map.error().what, "/tmp/perf-1.map: not a regular file, so no perf map");
}

TEST(PerfMap, TextOfNobodyDoesNoHarm) {
  std::mt19937 random(5);
  for (int round = 0; round < 3000; round++) {
    std::string text;
    const std::string_view kAlphabet = "0123456789abcdefx \t\r\n\n  zN";
    for (unsigned i = random() % 300; i > 0; i--)
      text += random() % 50 ? kAlphabet[random() % kAlphabet.size()] : static_cast<char>(random());
    PerfMap map = PerfMap::parse(text);
    for (uint64_t address = 0; address < 256; address++) at(map, address);
  }
}

}  // namespace
}  // namespace sonde::elf
