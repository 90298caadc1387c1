// Files that are what they say, that lie, that change, and that are no files at all.
#include "elf/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <random>

#include "base/directory_test.h"
#include "base/file.h"
#include "elf/made_elf_test.h"

namespace sonde::elf {
namespace {

using Header = Elf64_Ehdr;

std::string what_of(const Result<File>& file) { return file ? "opened" : file.error().what; }
std::string what_of(std::string bytes) { return what_of(File::from_bytes(std::move(bytes), "made")); }

template <typename Row>
Row& row_at(std::string& bytes, uint64_t offset, size_t index = 0) {
  return reinterpret_cast<Row*>(bytes.data() + offset)[index];
}

base::Fd memory(std::string_view bytes) {
  base::Fd fd(::memfd_create("elf", MFD_CLOEXEC));
  EXPECT_TRUE(base::write_all(fd.get(), bytes, "memory"));
  return fd;
}

std::string build_id_note(std::string_view id) {
  uint32_t header[] = {4, static_cast<uint32_t>(id.size()), NT_GNU_BUILD_ID};
  return std::string(reinterpret_cast<char*>(header), sizeof header) + std::string("GNU\0", 4) + std::string(id);
}

class FileOpen : public testing::Test {
 protected:
  const std::string& path() const { return directory_.path(); }

 private:
  base::TestDirectory directory_;
};

TEST_F(FileOpen, WhatIsNoRegularFileIsNamedAndNotWaitedFor) {
  std::string fifo = path() + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(what_of(File::open(fifo)), fifo + ": a FIFO, no regular file");
  EXPECT_EQ(what_of(File::open(path())), path() + ": a directory, no regular file");
  EXPECT_EQ(what_of(File::open("/dev/zero")), "/dev/zero: a device, no regular file");
  EXPECT_EQ(what_of(File::open("/nonexistent")), "/nonexistent: No such file or directory");
  EXPECT_EQ(File::open("/nonexistent").error().kind, ErrorKind::kNotFound);
}

// Opening a watchdog's device starts it, a tape's winds it: they are only named.
TEST_F(FileOpen, WhatIsNoRegularFileIsNotOpenedAtAll) {
  std::string fifo = path() + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  base::Fd watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  ASSERT_GE(::inotify_add_watch(watch.get(), fifo.c_str(), IN_OPEN), 0);
  char events[4096];
  EXPECT_FALSE(File::open(fifo));
  EXPECT_LT(::read(watch.get(), events, sizeof events), 0);
  base::Fd really(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_EQ(::read(watch.get(), events, sizeof events), ssize_t(sizeof(inotify_event)));
}

TEST_F(FileOpen, WhatIsNoElfFileIsRefused) {
  EXPECT_EQ(what_of(""), "made: not an ELF file");
  EXPECT_EQ(what_of("#!/bin/sh\necho hello\n"), "made: not an ELF file");
  EXPECT_EQ(what_of(File::open("/etc/passwd")), "/etc/passwd: not an ELF file");
  EXPECT_EQ(what_of(std::string("\177ELF\0\0\0\0\0\0\0\0\0\0\0\0", 16)), "made: a damaged ELF header");
  std::string bytes = MadeElf<>().bytes();
  EXPECT_EQ(what_of(bytes.substr(0, 40)), "made: a damaged ELF header");
  bytes[EI_DATA] = ELFDATA2MSB;
  EXPECT_EQ(what_of(bytes), "made: a big-endian ELF file");
}

template <typename Types>
void expect_what_was_made() {
  MadeElf<Types> made;
  made.machine = EM_AARCH64;
  made.sections.push_back({".note.gnu.build-id", SHT_NOTE, build_id_note("0123456789abcdefghij")});
  made.segments.resize(2);
  made.segments[0].p_type = made.segments[1].p_type = PT_LOAD;
  made.segments[0].p_vaddr = 0x400000;
  made.segments[0].p_filesz = 0x1000;
  made.segments[1].p_vaddr = 0x401800;
  made.segments[1].p_offset = 0x800;
  made.segments[1].p_filesz = 0x1000;
  made.segments[1].p_memsz = 0x2000;
  made.segments[1].p_flags = PF_X | PF_R;
  auto file = made.file();
  ASSERT_TRUE(file);
  EXPECT_EQ(file->is_64_bit(), Types::kClass == ELFCLASS64);
  EXPECT_EQ(file->machine(), EM_AARCH64);
  EXPECT_EQ(file->type(), ET_DYN);
  ASSERT_EQ(file->segments().size(), 2u);
  ASSERT_TRUE(file->section(".text"));
  EXPECT_EQ(file->section(".text")->address, 0x1000u);
  EXPECT_EQ(file->section(".shstrtab"), &file->sections().back());
  EXPECT_EQ(file->section_of_type(SHT_NOTE), file->section(".note.gnu.build-id"));
  EXPECT_FALSE(file->section(".tex"));
  EXPECT_EQ(file->build_id(), "0123456789abcdefghij");
  EXPECT_EQ(file->offset_of(0x401900), 0x900u);
  EXPECT_FALSE(file->offset_of(0x402900)) << "in memory only";
  EXPECT_EQ(file->address_of(0x900), 0x401900u) << "code is what is asked for";
  EXPECT_EQ(file->address_of(0x10), 0x400010u);
}

TEST(File, HoldsWhatItSaysIn64Bits) { expect_what_was_made<Elf64Types>(); }
TEST(File, HoldsWhatItSaysIn32Bits) { expect_what_was_made<Elf32Types>(); }

TEST(File, ABuildIdIsFoundWithoutSections) {
  MadeElf<> made;
  made.sections.push_back({".note", SHT_NOTE, build_id_note("id of the file.")});
  std::string bytes = made.bytes();
  auto file = File::from_bytes(bytes, "made");
  ASSERT_TRUE(file);
  made.segments.resize(1);
  made.segments[0].p_type = PT_NOTE;
  made.segments[0].p_offset = file->section(".note")->offset;
  made.segments[0].p_filesz = file->section(".note")->size;
  bytes = made.bytes();
  row_at<Header>(bytes, 0).e_shoff = 0;
  file = File::from_bytes(bytes, "made");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->sections().empty());
  EXPECT_EQ(file->build_id(), "id of the file.");
}

TEST(File, CountsTooLargeForTheHeaderStandInTheFirstSection) {
  MadeElf<> made;
  made.segments.resize(3);
  for (auto& each : made.segments) each.p_type = PT_LOAD;
  std::string bytes = made.bytes();
  Header& header = row_at<Header>(bytes, 0);
  auto& first = row_at<Elf64_Shdr>(bytes, header.e_shoff);
  first.sh_size = header.e_shnum;
  first.sh_link = header.e_shstrndx;
  first.sh_info = header.e_phnum;
  header.e_shnum = 0;
  header.e_shstrndx = SHN_XINDEX;
  header.e_phnum = PN_XNUM;
  auto file = File::from_bytes(bytes, "made");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->sections().size(), 3u);
  EXPECT_TRUE(file->section(".text"));
  EXPECT_EQ(file->segments().size(), 3u);
}

TEST(File, CountsAndPlacesThatLieAreHeldByWhatIsThere) {
  MadeElf<> made;
  made.symbol("f", 0x1000, 8).end_symbols();
  std::string whole = made.bytes(), bytes = whole;
  row_at<Header>(bytes, 0).e_shnum = 0xfeff;
  EXPECT_EQ(File::from_bytes(bytes, "made")->sections().size(), 5u);
  row_at<Header>(bytes, 0).e_shoff = UINT64_MAX - 8;
  EXPECT_TRUE(File::from_bytes(bytes, "made")->sections().empty());
  bytes = whole;
  row_at<Header>(bytes, 0).e_shentsize = 1;
  EXPECT_TRUE(File::from_bytes(bytes, "made")->sections().empty());
  bytes = whole;
  row_at<Header>(bytes, 0).e_shstrndx = 0xff;
  EXPECT_EQ(File::from_bytes(bytes, "made")->sections()[1].name, "");
  bytes = whole;
  auto& text = row_at<Elf64_Shdr>(bytes, row_at<Header>(bytes, 0).e_shoff, 1);
  text.sh_offset = UINT64_MAX;
  text.sh_size = 2;
  auto file = File::from_bytes(bytes, "made");
  EXPECT_EQ(file->read(file->sections()[1]).error().what, "made: points outside of itself");
  text.sh_type = SHT_NOBITS;
  file = File::from_bytes(bytes, "made");
  EXPECT_EQ(file->read(file->sections()[1]).error().what, "made: section .text has no bytes in this file");
  text.sh_type = SHT_PROGBITS;
  text.sh_size = kMaxSection + 1;
  file = File::from_bytes(bytes, "made");
  EXPECT_EQ(file->read(file->sections()[1]).error().what, "made: section .text is longer than 536870912 bytes");
}

TEST(File, CutAnywhereItStillAnswers) {
  MadeElf<> made;
  made.segments.resize(1);
  made.segments[0].p_type = PT_LOAD;
  std::string whole = made.symbol("f", 0x1000, 8).end_symbols().bytes();
  for (size_t size = 0; size < whole.size(); size++) {
    auto file = File::from_bytes(whole.substr(0, size), "made");
    EXPECT_EQ(file.has_value(), size >= sizeof(Header)) << size;
    if (file) EXPECT_LE(file->sections().size(), 5u);
  }
}

TEST(File, OneThatBecomesShorterGivesAnErrorAndNoSignal) {
  std::string bytes = MadeElf<>().bytes();
  base::Fd fd = memory(bytes);
  int writer = fd.get();
  auto file = File::from_fd(std::move(fd), "shrinking");
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ(file->read(0, 4).value(), "\177ELF");
  ASSERT_EQ(::ftruncate(writer, 2), 0);
  EXPECT_EQ(file->read(0, 4).error().what, "shrinking: became shorter while it was read");
  EXPECT_FALSE(file->read_string(1, 100));
}

TEST(File, StringsEndAtTheirNulTheirLimitOrTheFile) {
  std::string bytes = MadeElf<>().bytes();
  uint64_t at = bytes.size();
  bytes += std::string(100'000, 's') + '\0' + "end";
  for (bool in_memory : {true, false}) {
    auto file = in_memory ? File::from_bytes(bytes, "made") : File::from_fd(memory(bytes), "made");
    ASSERT_TRUE(file);
    EXPECT_EQ(file->read_string(at, UINT64_MAX).value(), std::string(100'000, 's'));
    EXPECT_EQ(file->read_string(at, 70'000).value(), std::string(70'000, 's'));
    EXPECT_EQ(file->read_string(at + 100'001, 100).value(), "end");
    EXPECT_EQ(file->read_string(at + 100'000, 100).value(), "");
    EXPECT_EQ(file->read_string(UINT64_MAX, 100).value_or(""), "");
  }
}

// What a few kilobytes and a hole in a file can claim must not cost more than they are worth.
TEST(File, ManySectionsThatShareOneEndlessNameAreReadQuickly) {
  std::string bytes(sizeof(Header), '\0');
  constexpr uint64_t kRows = 60'000, kNames = 64 + kRows * sizeof(Elf64_Shdr);
  std::string head = MadeElf<>().bytes();
  bytes.replace(0, sizeof(Header), head, 0, sizeof(Header));
  Header& header = row_at<Header>(bytes, 0);
  header.e_shoff = sizeof(Header);
  header.e_shnum = kRows;
  header.e_shstrndx = 1;
  Elf64_Shdr row{};
  row.sh_type = SHT_NOTE;
  row.sh_offset = kNames;
  row.sh_size = 16u << 20;
  for (uint64_t i = 0; i < kRows; i++) bytes.append(reinterpret_cast<const char*>(&row), sizeof row);
  bytes += std::string(16u << 20, 'n');
  std::clock_t start = std::clock();
  auto file = File::from_fd(memory(bytes), "made");
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ(file->sections().size(), kRows);
  EXPECT_EQ(file->sections()[5].name.size(), 256u);
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
}

TEST(Notes, AreReadUntilTheFirstDamagedOne) {
  std::string bytes = build_id_note("abcd") + build_id_note("efghijk") + std::string(1, '\0') + build_id_note("l");
  auto notes = parse_notes(bytes + "tail");
  ASSERT_EQ(notes.size(), 3u);
  EXPECT_EQ(notes[1].name, "GNU");
  EXPECT_EQ(notes[1].description, "efghijk");
  EXPECT_EQ(notes[2].type, uint32_t{NT_GNU_BUILD_ID});
  EXPECT_EQ(parse_notes(bytes.substr(0, bytes.size() - 1)).size(), 2u);
  EXPECT_TRUE(parse_notes("").empty());
  uint32_t lies[] = {UINT32_MAX, UINT32_MAX, 1, 0};
  EXPECT_TRUE(parse_notes({reinterpret_cast<char*>(lies), sizeof lies}, 8).empty());
}

TEST(File, MadeByGoIsKnown) {
  MadeElf<> made;
  EXPECT_FALSE(made.file()->is_go());
  made.sections.push_back({".gopclntab", SHT_PROGBITS, "go"});
  EXPECT_TRUE(made.file()->is_go());
}

}  // namespace
}  // namespace sonde::elf
