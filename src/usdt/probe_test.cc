// Notes of an ELF file made into probes: whole, prelinked, damaged, and hostile.
#include "usdt/probe.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "usdt/file_test.h"

namespace sonde::usdt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kCode = ProbeFile::kCode, kData = ProbeFile::kData;

Probes probes_of(const ProbeFile& made) {
  auto file = elf::File::from_bytes(made.bytes(), "made");
  EXPECT_TRUE(file.has_value()) << file.error().what;
  auto probes = read_probes(*file);
  EXPECT_TRUE(probes.has_value()) << probes.error().what;
  return *probes;
}

TEST(Probe, IsReadWithItsPlaceInTheFile) {
  ProbeFile file;
  file.add_probe(kCode + 0x10, 0, "app", "start", "-4@%edi 8@%rsi");
  Probes probes = probes_of(file);
  EXPECT_THAT(probes.complaints, IsEmpty());
  ASSERT_EQ(probes.probes.size(), 1u);
  const Probe& probe = probes.probes[0];
  EXPECT_EQ(probe.label(), "app:start");
  ASSERT_EQ(probe.locations.size(), 1u);
  EXPECT_EQ(probe.locations[0].address, kCode + 0x10);
  EXPECT_EQ(probe.locations[0].offset, ProbeFile::kCodeOffset + 0x10);
  EXPECT_EQ(probe.argument_count(), 2u);
  EXPECT_EQ(probe.semaphore_address(), 0u);
}

TEST(Probe, SemaphoresAreFoundThroughTheSegmentThatHoldsThem) {
  ProbeFile file;
  file.add_probe(kCode, kData + 6, "app", "start", "");
  Probes probes = probes_of(file);
  ASSERT_EQ(probes.probes.size(), 1u);
  EXPECT_EQ(probes.probes[0].locations[0].semaphore_address, kData + 6);
  EXPECT_EQ(probes.probes[0].locations[0].semaphore_offset, ProbeFile::kDataOffset + 6);
  auto opened = elf::File::from_bytes(file.bytes(), "made");
  ASSERT_TRUE(opened.has_value());
  EXPECT_THAT(semaphores_of(*opened), ElementsAre(testing::Pair(ProbeFile::kCodeOffset, ProbeFile::kDataOffset + 6)));
}

TEST(Probe, LocationsOfOneNameAreOneProbeAndProvidersAreApart) {
  ProbeFile file;
  file.add_probe(kCode + 1, 0, "app", "start", "4@$1");
  file.add_probe(kCode + 2, 0, "lib", "start", "4@$2 4@$3");
  file.add_probe(kCode + 3, 0, "app", "start", "4@$4");
  Probes probes = probes_of(file);
  ASSERT_EQ(probes.probes.size(), 2u);
  EXPECT_EQ(probes.probes[0].label(), "app:start");
  ASSERT_EQ(probes.probes[0].locations.size(), 2u);
  EXPECT_EQ(probes.probes[0].locations[1].address, kCode + 3);
  EXPECT_EQ(probes.probes[1].label(), "lib:start");
  EXPECT_EQ(probes.probes[1].argument_count(), 2u);
}

TEST(Probe, PrelinkingMovedWhatTheNoteSays) {
  ProbeFile file;
  file.set_base(0x5000, 0x1000);  // is at 0x5000, was at 0x1000 when it was linked
  file.add_probe(kCode + 0x20 - 0x4000, kData + 2 - 0x4000, "app", "moved", "");
  Probes probes = probes_of(file);
  ASSERT_EQ(probes.probes.size(), 1u);
  EXPECT_EQ(probes.probes[0].locations[0].address, kCode + 0x20);
  EXPECT_EQ(probes.probes[0].locations[0].semaphore_offset, ProbeFile::kDataOffset + 2);
}

TEST(Probe, ALocationOutsideOfTheCodeIsLeftOutAndSaid) {
  ProbeFile file;
  file.add_probe(kData, 0, "app", "in_data", "");
  file.add_probe(0xffff'ffff'ffff'fff0, 0, "app", "nowhere", "");
  file.add_probe(kCode, 0x10, "app", "good", "");
  Probes probes = probes_of(file);
  ASSERT_EQ(probes.probes.size(), 1u);
  EXPECT_EQ(probes.probes[0].name, "good");
  EXPECT_EQ(probes.probes[0].locations[0].semaphore_offset, 0u);
  EXPECT_THAT(probes.complaints, ElementsAre("app:in_data: 0x3000 lies outside of the file's code",
                                             "app:nowhere: 0xfffffffffffffff0 lies outside of the file's code",
                                             "app:good: its semaphore at 0x10 lies outside of the file"));
}

TEST(Probe, AnArgumentThatCannotBeReadIsKeptAndSaid) {
  ProbeFile file;
  file.add_probe(kCode, 0, "app", "mixed", "4@%eax 8f@%xmm0 nonsense( 8@gone(%rip) 8@%rdx");
  Probes probes = probes_of(file);
  ASSERT_EQ(probes.probes.size(), 1u);
  const auto& arguments = probes.probes[0].locations[0].arguments;
  ASSERT_EQ(arguments.size(), 4u);  // the open bracket takes what follows along
  EXPECT_EQ(arguments[0].kind, Argument::Kind::kRegister);
  EXPECT_EQ(arguments[1].kind, Argument::Kind::kUnreadable);
  EXPECT_THAT(arguments[1].why, HasSubstr("floating-point"));
  EXPECT_EQ(arguments[2].kind, Argument::Kind::kUnreadable);
  EXPECT_EQ(arguments[3].base, "rdx");
  EXPECT_EQ(probes.complaints.size(), 2u);
}

TEST(Probe, VariablesAreLookedUpInTheSymbolTable) {
  ProbeFile file;
  file.add_symbol("counter", kData + 8);
  file.add_symbol("twice", kData + 16);
  file.add_symbol("twice", kData + 24);
  file.add_probe(kCode, 0, "app", "vars", "8@counter+8(%rip) 8@gone(%rip) 8@twice(%rip)");
  Probes probes = probes_of(file);
  const auto& arguments = probes.probes.at(0).locations[0].arguments;
  EXPECT_EQ(arguments[0].symbol_address, kData + 8);
  EXPECT_EQ(arguments[0].displacement, 8);
  EXPECT_EQ(arguments[1].why, "argument \"8@gone(%rip)\": the file's symbol table has no gone");
  EXPECT_EQ(arguments[2].kind, Argument::Kind::kUnreadable);
}

TEST(Probe, DamagedNotesAreNamed) {
  ProbeFile file;
  file.add_probe(kCode, 0, "app", "good", "");
  file.add_note("stapsdt", 3, "short");
  file.add_note("stapsdt", 3, std::string(24, '\0') + "no end");
  file.add_note("stapsdt", 3, std::string(24, '\0') + std::string("bad\x01\0x\0\0", 8));
  file.add_note("other", 3, "whatever");
  file.add_bytes("tail");
  Probes probes = probes_of(file);
  EXPECT_EQ(probes.probes.size(), 1u);
  EXPECT_THAT(probes.complaints,
              ElementsAre("a damaged note: shorter than three addresses", "a damaged note: the provider does not end",
                          "a damaged note: the provider is no name",
                          "a damaged note ends .note.stapsdt 4 bytes before its end"));
}

TEST(Probe, EveryCutOfAFileIsAnAnswer) {
  ProbeFile file;
  file.add_probe(kCode, kData, "app", "start", "-4@%edi 8@counter(%rip)");
  file.add_symbol("counter", kData + 8);
  std::string whole = file.bytes();
  size_t opened = 0;
  for (size_t size = 0; size < whole.size(); size++) {
    auto cut = elf::File::from_bytes(whole.substr(0, size), "cut");
    if (!cut) continue;
    opened++;
    auto probes = read_probes(*cut);
    if (probes) EXPECT_LE(probes->probes.size(), 1u);
  }
  EXPECT_GT(opened, 1000u);
}

TEST(Probe, AThousandDamagedNotesAreAHundredComplaints) {
  ProbeFile file;
  for (int i = 0; i < 1000; i++) file.add_note("stapsdt", 3, "short");
  EXPECT_EQ(probes_of(file).complaints.size(), kMaxComplaints);
}

TEST(Probe, AFileWithoutNotesHasNone) {
  auto file = elf::File::open("/proc/self/exe");
  ASSERT_TRUE(file.has_value());
  auto probes = read_probes(*file);
  ASSERT_TRUE(probes.has_value());
  EXPECT_THAT(probes->probes, IsEmpty());
  EXPECT_THAT(probes->complaints, IsEmpty());
}

}  // namespace
}  // namespace sonde::usdt
