// Debug links and packed symbols: as tools write them, damaged, and made to hurt.
#include "elf/debug_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "elf/made_elf_test.h"
#include "elf/mini_debuginfo.h"
#include "elf/symbol_table.h"

namespace sonde::elf {
namespace {

using testing::EndsWith;

std::shared_ptr<const File> with_section(const std::string& name, const std::string& bytes) {
  MadeElf<> made;
  made.sections.push_back({name, SHT_PROGBITS, bytes});
  return made.file();
}

std::string xz(const std::string& bytes) {
  std::string packed(lzma_stream_buffer_bound(bytes.size()), '\0');
  size_t used = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const uint8_t*>(bytes.data()),
                                    bytes.size(), reinterpret_cast<uint8_t*>(packed.data()), &used, packed.size()),
            LZMA_OK);
  packed.resize(used);
  return packed;
}

std::string refusal(const std::string& packed) {
  auto file = mini_debuginfo(*with_section(".gnu_debugdata", packed));
  return file ? "unpacked" : file.error().what;
}

TEST(DebugLink, IsANameAndAChecksum) {
  using namespace std::literals;
  for (auto [bytes, name] : {std::pair{"ls.debug\0\0\0\0\x78\x56\x34\x12"s, "ls.debug"},
                             {"abc\0\x78\x56\x34\x12"s, "abc"},
                             {"ab\0\0\x78\x56\x34\x12"s, "ab"},
                             {"abcd\0\0\0\0\x78\x56\x34\x12"s, "abcd"}}) {
    auto link = debug_link(*with_section(".gnu_debuglink", bytes));
    ASSERT_TRUE(link) << name;
    EXPECT_EQ(link->file_name, name);
    EXPECT_EQ(link->crc, 0x12345678u);
  }
}

TEST(DebugLink, DamagedOnesAreNone) {
  using namespace std::literals;
  for (const auto& bytes : {""s, "\0\0\0\0\x78\x56\x34\x12"s, "abc"s, "abc\0"s, "abc\0\x78\x56\x34"s, "abcdefgh"s,
                            "../../etc/x\0\x78\x56\x34\x12"s}) {
    EXPECT_FALSE(debug_link(*with_section(".gnu_debuglink", bytes))) << bytes;
  }
  EXPECT_FALSE(debug_link(*MadeElf<>().file()));
  EXPECT_FALSE(debug_link(*with_section(".gnu_debuglink", std::string(10'000, 'x') + "\0\0\0\0\0\0\0\0")));
}

TEST(DebugAltLink, IsAPathAndABuildId) {
  using namespace std::literals;
  auto link = debug_alt_link(*with_section(".gnu_debugaltlink", "/usr/lib/debug/.dwz/x.debug\0\x01\x00\xff"s));
  ASSERT_TRUE(link);
  EXPECT_EQ(link->path, "/usr/lib/debug/.dwz/x.debug");
  EXPECT_EQ(link->build_id, "\x01\x00\xff"s);
  for (const auto& bytes : {""s, "path"s, "path\0"s, "\0id"s})
    EXPECT_FALSE(debug_alt_link(*with_section(".gnu_debugaltlink", bytes)));
}

TEST(Crc, IsTheOneOfGzip) {
  auto file = with_section("some", std::string(3'000'000, 'z'));
  std::string bytes = file->read(0, file->size()).value();
  EXPECT_EQ(crc_of(*file).value(), lzma_crc32(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), 0));
  EXPECT_EQ(lzma_crc32(reinterpret_cast<const uint8_t*>("123456789"), 9, 0), 0xcbf43926u);
}

TEST(Crc, OfAGiantFileIsNotTaken) {
  base::Fd sparse(::memfd_create("sparse", MFD_CLOEXEC));
  ASSERT_TRUE(base::write_all(sparse.get(), MadeElf<>().bytes(), "sparse"));
  ASSERT_EQ(::ftruncate(sparse.get(), off_t{1} << 40), 0);
  auto file = File::from_fd(std::move(sparse), "sparse");
  ASSERT_TRUE(file);
  EXPECT_EQ(crc_of(*file).error().what, "sparse: too long for a checksum, 1099511627776 bytes");
}

TEST(BuildIdPath, SplitsBehindTheFirstByte) {
  using namespace std::literals;
  EXPECT_EQ(build_id_path("\xab\xcd\x01\x00"s), "ab/cd0100.debug");
}

TEST(MiniDebuginfo, IsUnpackedAndHasItsSymbols) {
  MadeElf<> inner;
  std::string packed = xz(inner.symbol("hidden_function", 0x1000, 8).end_symbols().bytes());
  auto file = with_section(".gnu_debugdata", packed);
  auto mini = mini_debuginfo(*file);
  ASSERT_TRUE(mini) << mini.error().what;
  EXPECT_EQ(mini->name(), "made (.gnu_debugdata)");
  auto table = SymbolTable::read({file, std::make_shared<const File>(std::move(*mini))});
  ASSERT_TRUE(table);
  ASSERT_TRUE(table->find("hidden_function"));
  EXPECT_EQ(table->find("hidden_function")->address, 0x1000u);
}

TEST(MiniDebuginfo, DamagedOnesAreRefusedInWords) {
  EXPECT_EQ(mini_debuginfo(*MadeElf<>().file()).error().kind, ErrorKind::kNotFound);
  std::string packed = xz(MadeElf<>().bytes());
  EXPECT_EQ(refusal("no xz"), "made: .gnu_debugdata is no whole xz file");
  EXPECT_EQ(refusal(""), "made: .gnu_debugdata is no whole xz file");
  EXPECT_EQ(refusal(packed.substr(0, packed.size() - 20)), "made: .gnu_debugdata is no whole xz file");
  EXPECT_EQ(refusal(xz("text")), "made (.gnu_debugdata): not an ELF file");
  for (size_t i = 0; i < packed.size(); i += 3) {
    std::string damaged = packed;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
    refusal(damaged);
  }
}

TEST(MiniDebuginfo, AFloodIsStopped) {
  EXPECT_THAT(refusal(xz(std::string(140u << 20, '\0'))), EndsWith("unpacks to more than 128 MiB"));
}

}  // namespace
}  // namespace sonde::elf
