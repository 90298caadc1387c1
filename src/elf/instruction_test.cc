// Lengths of instructions, with objdump(1) as the judge.
#include "elf/instruction.h"

#include <elf.h>
#include <gtest/gtest.h>
#include <stdio.h>

#include <cctype>
#include <cstring>

#include <string>

#include <fmt/format.h>

namespace sonde::elf {
namespace {

// "  26c10:\t48 89 c7             \tmov ..." -> the bytes.
std::string bytes_of(const char* line) {
  std::string bytes;
  const char* tab = std::strchr(line, '\t');
  for (unsigned byte = 0; tab && std::isxdigit(static_cast<unsigned char>(tab[1])) &&
                          std::sscanf(tab + 1, "%2x", &byte) == 1 && tab[3] == ' ';
       tab += 3)
    bytes += static_cast<char>(byte);
  return bytes;
}

struct Judged {
  size_t equal = 0, different = 0, unknown = 0;
  std::string example;
};

Judged judge(const std::string& file) {
  Judged judged;
  FILE* pipe = ::popen(fmt::format("objdump -d -w {}", file).c_str(), "r");
  char line[512];
  while (pipe && std::fgets(line, sizeof line, pipe)) {
    std::string bytes = bytes_of(line);
    if (bytes.empty() || std::strstr(line, "(bad)") || std::strstr(line, "\trex")) continue;
    size_t at = 0;  // objdump shows fwait and the instruction behind it as one
    while (at < bytes.size()) {
      unsigned length = x86_length(std::string_view(bytes).substr(at));
      if (length == 0) break;
      at += length;
    }
    if (at != bytes.size()) judged.example = line;
    ++(at == bytes.size() ? judged.equal : at == 0 ? judged.unknown : judged.different);
  }
  if (pipe) ::pclose(pipe);
  return judged;
}

TEST(Instruction, LengthsAreObjdumps) {
#ifndef __x86_64__
  GTEST_SKIP() << "x86 only";
#endif
  Judged judged;
  for (const char* file : {"/bin/bash", "/lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libm.so.6"}) {
    Judged one = judge(file);
    EXPECT_GT(one.equal, 50'000u) << file;
    EXPECT_EQ(one.different, 0u) << file << ": " << one.example;
    EXPECT_EQ(one.unknown, 0u) << file << ": " << one.example;
  }
}

TEST(Instruction, WhatIsCutOffHasNoLength) {
  const std::string long_move("\x48\xb8\x01\x02\x03\x04\x05\x06\x07\x08", 10);
  EXPECT_EQ(x86_length(long_move), 10u);
  for (size_t size = 0; size < long_move.size(); size++) EXPECT_EQ(x86_length(long_move.substr(0, size)), 0u) << size;
  EXPECT_EQ(x86_length(std::string(100, '\x66')), 0u);
  EXPECT_EQ(x86_length("\x06"), 0u);
}

TEST(Instruction, VectorInstructionsThatLinuxWillNotProbe) {
  EXPECT_EQ(x86_unprobeable_vector_length("\xc5\xf9\x6e\xc6\x89"), 4u);      // vmovd %esi,%xmm0
  EXPECT_EQ(x86_unprobeable_vector_length("\xc4\xe1\xf9\x6e\xc6\x89"), 5u);  // vmovq %rsi,%xmm0
  EXPECT_EQ(x86_unprobeable_vector_length("\xc5\xf9\xef\xc0\x89"), 4u);      // vpxor %xmm0,%xmm0,%xmm0
  EXPECT_EQ(x86_unprobeable_vector_length("\xc5\xf9\x7e\xc6\x89"), 0u);      // vmovd %xmm0,%esi
  EXPECT_EQ(x86_unprobeable_vector_length("\xc5\xf8\x77\x89\xf8"), 0u);      // vzeroupper: is probed
  EXPECT_EQ(x86_unprobeable_vector_length("\xc5\xf9\x6e"), 0u);              // cut off
  EXPECT_EQ(x86_unprobeable_vector_length("\x89\xf8"), 0u);                  // mov %edi,%eax
}

TEST(Instruction, StartsAreFoundFromTheFunctionsStart) {
  const std::string function("\xf3\x0f\x1e\xfa\x55\x48\x89\xe5\xc3", 9);  // endbr64; push; mov; ret
  for (uint64_t start : {0, 4, 5, 8}) EXPECT_EQ(starts_instruction(function, start, EM_X86_64), true) << start;
  for (uint64_t inside : {1, 2, 3, 6, 7}) EXPECT_EQ(starts_instruction(function, inside, EM_X86_64), false) << inside;
  EXPECT_FALSE(starts_instruction(function, 100, EM_X86_64).has_value());
  EXPECT_FALSE(starts_instruction("\x06\x06", 1, EM_X86_64).has_value());
  EXPECT_EQ(starts_instruction("", 6, EM_AARCH64), false);
}

}  // namespace
}  // namespace sonde::elf
