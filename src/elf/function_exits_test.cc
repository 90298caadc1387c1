// Return instructions and ways out of functions, of made code.
#include "elf/function_exits.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace sonde::elf {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string code(std::initializer_list<unsigned> bytes) {
  std::string text;
  for (unsigned each : bytes) text += static_cast<char>(each);
  return text;
}

FunctionExits x86(std::initializer_list<unsigned> bytes) {
  auto exits = exits_of(code(bytes), EM_X86_64);
  EXPECT_TRUE(exits);
  return exits.value_or(FunctionExits{{0xbad}, 0xbad});
}

TEST(FunctionExits, EveryFormOfReturn) {
  // mov $0xc3c3c3c3,%eax; ret; ret $8; repz ret; bnd ret
  auto exits = x86({0xb8, 0xc3, 0xc3, 0xc3, 0xc3, 0xc3, 0xc2, 0x08, 0x00, 0xf3, 0xc3, 0xf2, 0xc3});
  EXPECT_THAT(exits.returns, ElementsAre(5, 6, 9, 11));
  EXPECT_FALSE(exits.jump);
  EXPECT_THAT(x86({0x0f, 0x0b}).returns, IsEmpty());  // ud2
  EXPECT_THAT(x86({}).returns, IsEmpty());
}

TEST(FunctionExits, JumpsInsideOfTheFunctionAreNoWayOut) {
  // cmp $8,%rax; ja 8; jmp 4; nop; nop; ret
  EXPECT_FALSE(x86({0x48, 0x83, 0xf8, 0x08, 0x77, 0x02, 0xeb, 0xfc, 0x90, 0x90, 0xc3}).jump);
  EXPECT_FALSE(x86({0xe9, 0, 0, 0, 0, 0xc3}).jump);
  EXPECT_FALSE(x86({0x0f, 0x84, 0xfa, 0xff, 0xff, 0xff, 0xc3}).jump);
}

TEST(FunctionExits, JumpsOutOfIt) {
  EXPECT_EQ(x86({0xc3, 0xe9, 0x10, 0, 0, 0}).jump, 1u);        // jmp beyond its end
  EXPECT_EQ(x86({0xe9, 0, 0, 0, 0}).jump, 0u);                 // to its end: the next function
  EXPECT_EQ(x86({0xeb, 0x80, 0xc3}).jump, 0u);                 // before its start
  EXPECT_EQ(x86({0x0f, 0x84, 0, 0x10, 0, 0, 0xc3}).jump, 0u);  // je
  EXPECT_EQ(x86({0x75, 0x70, 0xc3}).jump, 0u);                 // jne
  EXPECT_EQ(x86({0x66, 0x90, 0xff, 0xe0}).jump, 2u);           // jmp *%rax
  EXPECT_EQ(x86({0x41, 0xff, 0xe3}).jump, 0u);                 // jmp *%r11
  EXPECT_EQ(x86({0xff, 0x25, 1, 2, 3, 4}).jump, 0u);           // jmp *0x4030201(%rip)
}

TEST(FunctionExits, CallsAndJumpTablesAreNoWayOut) {
  EXPECT_FALSE(
      x86({0xe8, 0, 0x10, 0, 0, 0xff, 0xd0, 0xff, 0x15, 0, 0, 0, 0, 0xff, 0x30, 0xc3}).jump);  // call, call *, push
  EXPECT_FALSE(x86({0xff, 0x24, 0xc1, 0xc3}).jump);                                            // jmp *(%rcx,%rax,8)
  EXPECT_FALSE(x86({0xff, 0x24, 0xc5, 0, 0x10, 0x40, 0, 0xc3}).jump);                          // jmp *0x401000(,%rax,8)
  EXPECT_FALSE(x86({0x3e, 0xff, 0xe0, 0xc3}).jump);                                            // notrack jmp *%rax
}

TEST(FunctionExits, WhatCannotBeToldForSure) {
  EXPECT_FALSE(exits_of(code({0x90, 0xb8, 0xc3, 0xc3}), EM_X86_64));           // cut off in an instruction
  EXPECT_FALSE(exits_of(code({0xeb, 0x01, 0xb8, 0xc3, 0, 0, 0}), EM_X86_64));  // a jump into the middle of one
  EXPECT_FALSE(exits_of(code({0x06, 0xc3}), EM_X86_64));                       // not an instruction
  EXPECT_FALSE(exits_of(code({0xcb}), EM_X86_64));                             // a far return
  EXPECT_FALSE(exits_of(code({0xc3}), EM_386));
}

std::string words(std::initializer_list<uint32_t> list) {
  return std::string(reinterpret_cast<const char*>(std::data(list)), list.size() * 4);
}

TEST(FunctionExits, Arm64) {
  auto exits = exits_of(words({0x54000041, 0xd65f03c0, 0xd65f0bff, 0x34ffffa0, 0xd63f0000, 0x94000000}), EM_AARCH64);
  ASSERT_TRUE(exits);  // b.ne 8; ret; retaa; cbz -12; blr; bl
  EXPECT_THAT(exits->returns, ElementsAre(4, 8));
  EXPECT_FALSE(exits->jump);
  EXPECT_EQ(exits_of(words({0xd65f03c0, 0x14000001}), EM_AARCH64)->jump, 4u);  // b to its end
  EXPECT_EQ(exits_of(words({0x17ffffff}), EM_AARCH64)->jump, 0u);              // b -4
  EXPECT_EQ(exits_of(words({0xd61f0200}), EM_AARCH64)->jump, 0u);              // br x16
  EXPECT_EQ(exits_of(words({0xd71f0a11}), EM_AARCH64)->jump, 0u);              // braa
  EXPECT_EQ(exits_of(words({0x36000040, 0xd65f03c0}), EM_AARCH64)->jump, 0u);  // tbz 8
  EXPECT_FALSE(exits_of("\xc0\x03", EM_AARCH64));
}

}  // namespace
}  // namespace sonde::elf
