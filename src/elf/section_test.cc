// Sections of files that are what they say, and of files that lie.
#include "elf/section.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "base/file.h"

namespace sonde::elf {
namespace {

// A 64-bit ELF file with the one section ".note.text" of the given content.
std::string small_elf(std::string_view content) {
  std::string names("\0.note.text\0.shstrtab\0", 22);
  std::string file(sizeof(Elf64_Ehdr), '\0');
  size_t content_at = file.size();
  file += content;
  size_t names_at = file.size();
  file += names;
  while (file.size() % 8) file += '\0';
  size_t table_at = file.size();
  Elf64_Shdr sections[3] = {};
  sections[1] = {
      .sh_name = 1, .sh_type = SHT_PROGBITS, .sh_offset = content_at, .sh_size = content.size(), .sh_addralign = 1};
  sections[2] = {
      .sh_name = 12, .sh_type = SHT_STRTAB, .sh_offset = names_at, .sh_size = names.size(), .sh_addralign = 1};
  file.append(reinterpret_cast<const char*>(sections), sizeof sections);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = EM_BPF;
  header.e_version = EV_CURRENT;
  header.e_shoff = table_at;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 3;
  header.e_shstrndx = 2;
  std::memcpy(file.data(), &header, sizeof header);
  return file;
}

TEST(Section, IsFoundByName) {
  std::string file = small_elf("what it holds");
  auto found = section(file, ".note.text");
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(*found, "what it holds");
  auto missing = section(file, ".note");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(missing.error().what, "no section .note in the object");
}

TEST(Section, WhatIsNotElfIsRefused) {
  EXPECT_EQ(section("", ".text").error().what, "not an ELF file");
  EXPECT_EQ(section("#!/bin/sh\n", ".text").error().what, "not an ELF file");
  EXPECT_FALSE(section("\177ELF", ".text"));
}

TEST(Section, OneThatReachesOutOfTheFileIsRefused) {
  std::string file = small_elf("content");
  auto* table = reinterpret_cast<Elf64_Shdr*>(file.data() + reinterpret_cast<Elf64_Ehdr*>(file.data())->e_shoff);
  table[1].sh_size = 1u << 20;
  EXPECT_FALSE(section(file, ".note.text"));
  table[1].sh_size = UINT64_MAX;
  table[1].sh_offset = 16;
  EXPECT_FALSE(section(file, ".note.text"));
}

TEST(Section, DamagedFilesDoNoHarm) {
  std::string whole = small_elf(std::string(100, 'x'));
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; i++) {
    std::string damaged = whole.substr(0, i % 3 ? whole.size() : random() % whole.size());
    for (unsigned flips = random() % 8; flips > 0 && !damaged.empty(); flips--)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    auto found = section(damaged, ".note.text");
    if (!found) continue;
    ASSERT_GE(found->data(), damaged.data());
    ASSERT_LE(found->data() + found->size(), damaged.data() + damaged.size());
  }
}

}  // namespace
}  // namespace sonde::elf
