// Arguments of USDT probes: every form that compilers print, and what is none.
#include "usdt/argument.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonde::usdt {
namespace {

using Kind = Argument::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One line for what was understood: "-4 register eax", "8 memory rbp+rcx*4-24".
std::string described(const Argument& a) {
  std::string text = fmt::format("{}{}{} ", a.is_signed ? "-" : "", a.size, a.is_float ? "f" : "");
  if (a.kind == Kind::kConstant)
    return text + fmt::format("constant {}{}", a.symbol.empty() ? "" : a.symbol + " ", a.constant);
  if (a.kind == Kind::kRegister) return text + "register " + a.base;
  text += fmt::format("memory {}{}", a.symbol.empty() ? "" : a.symbol + " ", a.base);
  if (!a.index.empty()) text += fmt::format("+{}{}*{}", a.index, a.index_is_signed ? "s" : "", a.scale);
  return text + fmt::format("{:+}", a.displacement);
}

std::string understood(std::string_view text, uint16_t machine) {
  auto argument = parse_argument(text, machine);
  if (!argument) return argument.error().what;
  EXPECT_EQ(argument->text, text);
  return described(*argument);
}

struct Row {
  const char* text;
  const char* meaning;
};

TEST(Argument, FormsOfX86) {
  const Row rows[] = {
      {"-4@%eax", "-4 register eax"},
      {"8@%rdi", "8 register rdi"},
      {"1@%al", "1 register al"},
      {"-1@%ah", "-1 register ah"},
      {"2@%ax", "2 register ax"},
      {"-2@%r10w", "-2 register r10w"},
      {"4@%r8d", "4 register r8d"},
      {"1@%r15b", "1 register r15b"},
      {"1@%sil", "1 register sil"},
      {"8@%rsp", "8 register rsp"},
      {"8@%rip", "8 register rip"},
      {"4@$7", "4 constant 7"},
      {"-4@$-1", "-4 constant -1"},
      {"8@$0x1f", "8 constant 31"},
      {"-8@$-0x10", "-8 constant -16"},
      {"8@$18446744073709551615", "8 constant -1"},
      {"8@$0", "8 constant 0"},
      {"8@$table+16", "8 constant table 16"},
      {"8@-24(%rbp)", "8 memory rbp-24"},
      {"8@-0x18(%rbp)", "8 memory rbp-24"},
      {"4@(%rax)", "4 memory rax+0"},
      {"-4@8(%rax,%rbx,4)", "-4 memory rax+rbx*4+8"},
      {"8@(%rax,%rbx)", "8 memory rax+rbx*1+0"},
      {"8@(%r8,%r9,8)", "8 memory r8+r9*8+0"},
      {"8@16(,%rcx,8)", "8 memory +rcx*8+16"},
      {"8@(,%rcx,8)", "8 memory +rcx*8+0"},
      {"8@table(,%rcx,8)", "8 memory table +rcx*8+0"},
      {"-4@counter(%rip)", "-4 memory counter rip+0"},
      {"-4@counter+8(%rip)", "-4 memory counter rip+8"},
      {"-4@8+counter(%rip)", "-4 memory counter rip+8"},
      {"-4@counter-4(%rip)", "-4 memory counter rip-4"},
      {"-4@_ZZ4mainE7counter.12(%rip)", "-4 memory _ZZ4mainE7counter.12 rip+0"},
      {"4@counter", "4 memory counter +0"},
      {"4@counter+4", "4 memory counter +4"},
      {"8@0x601040", "8 memory +6295616"},
      {"8f@-8(%rbp)", "8f memory rbp-8"},
      {"4f@counter(%rip)", "4f memory counter rip+0"},
      {"-8f@(%rax)", "-8f memory rax+0"},
      {"%eax", "4 register eax"},
      {"%rdi", "8 register rdi"},
      {"-24(%rbp)", "8 memory rbp-24"},
      {"$5", "8 constant 5"},
      {"4@8(%eax)", "4 memory eax+8"},
  };
  for (const Row& row : rows) EXPECT_EQ(understood(row.text, EM_X86_64), row.meaning) << row.text;
}

TEST(Argument, FormsOfArm64) {
  const Row rows[] = {
      {"8@x0", "8 register x0"},
      {"-4@w1", "-4 register w1"},
      {"1@w30", "1 register w30"},
      {"8@sp", "8 register sp"},
      {"8@x29", "8 register x29"},
      {"4@wzr", "4 register wzr"},
      {"8@xzr", "8 register xzr"},
      {"4@5", "4 constant 5"},
      {"-4@-1", "-4 constant -1"},
      {"-4@#-1", "-4 constant -1"},
      {"8@#0x1f", "8 constant 31"},
      {"8@[x1]", "8 memory x1+0"},
      {"8@[sp, 16]", "8 memory sp+16"},
      {"8@[sp,16]", "8 memory sp+16"},
      {"-4@[x29, -4]", "-4 memory x29-4"},
      {"-4@[x29, #-4]", "-4 memory x29-4"},
      {"8@[x1, x2]", "8 memory x1+x2*1+0"},
      {"8@[x1, x2, lsl 3]", "8 memory x1+x2*8+0"},
      {"8@[x1, x2, lsl #3]", "8 memory x1+x2*8+0"},
      {"-4@[x0, w1, sxtw 2]", "-4 memory x0+w1s*4+0"},
      {"-4@[x0, w1, sxtw]", "-4 memory x0+w1s*1+0"},
      {"-4@[x0, w1, uxtw 2]", "-4 memory x0+w1*4+0"},
      {"8f@[sp, 8]", "8f memory sp+8"},
      {"x3", "8 register x3"},
      {"w3", "4 register w3"},
  };
  for (const Row& row : rows) EXPECT_EQ(understood(row.text, EM_AARCH64), row.meaning) << row.text;
}

TEST(Argument, MistakesAreNamed) {
  const Row rows[] = {
      {"", "argument \"\": an operand is missing"},
      {"4@", "argument \"4@\": an operand is missing"},
      {"3@%eax", "argument \"3@%eax\": a size that is none of 1, 2, 4 and 8 bytes"},
      {"16@(%rax)", "argument \"16@(%rax)\": a size that is none of 1, 2, 4 and 8 bytes"},
      {"@%eax", "argument \"@%eax\": a size that is none of 1, 2, 4 and 8 bytes"},
      {"--4@%eax", "argument \"--4@%eax\": a size that is none of 1, 2, 4 and 8 bytes"},
      {"4@%", "argument \"4@%\": the name of a register is missing"},
      {"4@%eux", "argument \"4@%eux\": no register is called eux"},
      {"4@%r7", "argument \"4@%r7\": no register is called r7"},
      {"4@%r16", "argument \"4@%r16\": no register is called r16"},
      {"4@%r08", "argument \"4@%r08\": no register is called r08"},
      {"4@%x0", "argument \"4@%x0\": no register is called x0"},
      {"4@$", "argument \"4@$\": a number is missing"},
      {"4@$-", "argument \"4@$-\": nothing after a sign"},
      {"4@$7x", "argument \"4@$7x\": letters after a number"},
      {"4@$0x", "argument \"4@$0x\": a number is missing"},
      {"8@$99999999999999999999", "argument \"8@$99999999999999999999\": a number of more than 64 bits"},
      {"8@a+b(%rip)", "argument \"8@a+b(%rip)\": more than one symbol"},
      {"8@-a(%rip)", "argument \"8@-a(%rip)\": more than one symbol"},
      {"8@(%rax", "argument \"8@(%rax\": a closing bracket is missing"},
      {"8@()", "argument \"8@()\": no register in the brackets"},
      {"8@(,)", "argument \"8@(,)\": no register in the brackets"},
      {"8@(%rax,%rbx,3)", "argument \"8@(%rax,%rbx,3)\": a scale that is none of 1, 2, 4 and 8"},
      {"8@(%al)", "argument \"8@(%al)\": al cannot hold an address"},
      {"8@(%rax,%rip)", "argument \"8@(%rax,%rip)\": the instruction pointer is no index"},
      {"8@8(%rip)", "argument \"8@8(%rip)\": an offset from the instruction pointer without a symbol"},
      {"8@x(%rip,%rax)", "argument \"8@x(%rip,%rax)\": an index beside the instruction pointer"},
      {"8@(%rax)(%rbx)", "argument \"8@(%rax)(%rbx)\": more than one operand"},
      {"8@%rax,", "argument \"8@%rax,\": more than one operand"},
      {"4f@%xmm0", "argument \"4f@%xmm0\": the kernel shows no floating-point registers (xmm0) to a probe"},
      {"8f@%st(1)", "argument \"8f@%st(1)\": the kernel shows no floating-point registers (st(1)) to a probe"},
      {"8@%fs:x@tpoff", "argument \"8@%fs:x@tpoff\": memory of segment %fs, a thread-local variable"},
      {"8@x@tpoff(%rax)", "argument \"8@x@tpoff(%rax)\": a thread-local variable"},
      {"8@x@GOTPCREL(%rip)", "argument \"8@x@GOTPCREL(%rip)\": a reference through a table of the linker"},
  };
  for (const Row& row : rows) EXPECT_EQ(understood(row.text, EM_X86_64), row.meaning) << row.text;
}

TEST(Argument, MistakesOnArm64AreNamed) {
  const Row rows[] = {
      {"8@%rax", "argument \"8@%rax\": the name of a register is missing"},
      {"8@x31", "argument \"8@x31\": no register is called x31"},
      {"8@[x0", "argument \"8@[x0\": a closing bracket is missing"},
      {"8@[]", "argument \"8@[]\": no register is called "},
      {"8@[x0, x1, ror 2]", "argument \"8@[x0, x1, ror 2]\": no way to extend an index is called ror"},
      {"8@[x0, x1, lsl 5]", "argument \"8@[x0, x1, lsl 5]\": an index is shifted by 4 bits at most"},
      {"8@[x0, :lo12:x]", "argument \"8@[x0, :lo12:x]\": the low bits of a symbol's address"},
      {"8f@d0", "argument \"8f@d0\": the kernel shows no floating-point registers (d0) to a probe"},
      {"4@5 6", "argument \"4@5 6\": more than one operand"},
  };
  for (const Row& row : rows) EXPECT_EQ(understood(row.text, EM_AARCH64), row.meaning) << row.text;
}

TEST(Argument, WhatAProbeCannotHaveIsUnsupportedAndNotInvalid) {
  EXPECT_EQ(parse_argument("4f@%xmm0", EM_X86_64).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(parse_argument("8@%fs:x@tpoff", EM_X86_64).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(parse_argument("8@%rax", EM_PPC64).error().what,
            "argument \"8@%rax\": the registers of machine 21 are not known");
  EXPECT_EQ(parse_argument("8@%nope", EM_X86_64).error().kind, ErrorKind::kInvalid);
}

TEST(Argument, AMessageShowsNoControlCharactersAndNoMegabytes) {
  EXPECT_EQ(understood("4@\x1b[31m", EM_X86_64), "argument \"4@?[31m\": an operand is missing");
  std::string what = understood(std::string(1 << 20, 'x'), EM_X86_64);
  EXPECT_THAT(what, HasSubstr("longer than 1024 bytes"));
  EXPECT_LT(what.size(), 200u);
}

TEST(Argument, AStringOfArgumentsIsSplitAtBlanksOutsideOfBrackets) {
  EXPECT_THAT(split_arguments("-4@%eax 8@-8(%rbp, %rax, 4)  1@$5 "),
              ElementsAre("-4@%eax", "8@-8(%rbp, %rax, 4)", "1@$5"));
  EXPECT_THAT(split_arguments("8@[sp, 16] 4@w0"), ElementsAre("8@[sp, 16]", "4@w0"));
  EXPECT_TRUE(split_arguments("").empty());
  EXPECT_TRUE(split_arguments("  ").empty());
  EXPECT_THAT(split_arguments("8@[sp, 16 4@w0"), ElementsAre("8@[sp, 16 4@w0"));
}

TEST(Argument, AStringWithTooManyArgumentsIsRefused) {
  std::string text;
  for (size_t i = 0; i < kMaxArguments; i++) text += "8@%rax ";
  EXPECT_EQ(parse_arguments(text, EM_X86_64)->size(), kMaxArguments);
  EXPECT_EQ(parse_arguments(text + "8@%rax", EM_X86_64).error().what, "65 arguments; a probe has at most 64");
}

TEST(Argument, TypesInC) {
  auto type = [](std::string_view text) { return c_type(*parse_argument(text, EM_X86_64)); };
  EXPECT_EQ(type("-4@%eax"), "int32_t");
  EXPECT_EQ(type("8@%rax"), "uint64_t");
  EXPECT_EQ(type("-1@%al"), "int8_t");
  EXPECT_EQ(type("2@%ax"), "uint16_t");
}

}  // namespace
}  // namespace sonde::usdt
