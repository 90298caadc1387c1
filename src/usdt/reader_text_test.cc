// C text that reads arguments: one statement for each form, a switch only where places differ.
#include "usdt/reader_text.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "usdt/file_test.h"
#include "usdt/read_code.h"

namespace sonde::usdt {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint64_t kCode = ProbeFile::kCode;

Context context_of(const ProbeFile& made) {
  auto file = elf::File::from_bytes(made.bytes(), "made");
  EXPECT_TRUE(file.has_value());
  auto probes = read_probes(*file);
  EXPECT_TRUE(probes.has_value());
  Context context;
  context.label = "made";
  context.binaries.push_back(
      {{"/made", "/made", std::make_shared<const elf::File>(std::move(*file))}, probes->probes, {}});
  return context;
}

Result<Readers> readers_of(const Context& context, bool has_cookies = true) {
  const Context* one[] = {&context};
  return make_readers(one, has_cookies);
}

std::string code_of(std::string_view text, uint16_t machine) {
  ProbeLocation location;
  location.address = 0x1000;
  auto argument = parse_argument(text, machine);
  EXPECT_TRUE(argument.has_value()) << text;
  argument->symbol_address = argument->symbol.empty() ? 0 : 0x3000;
  location.arguments = {*argument};
  return read_code(location, 0, machine);
}

std::string fetched(const std::string& type, const std::string& address, unsigned size) {
  return "{ " + type + " m = 0; if (bpf_probe_read_user(&m, sizeof(m), (void *)(" + address +
         "))) return -1; value = m; } size = " + std::to_string(size) + ";";
}

TEST(ReadCode, OfX86) {
  struct {
    const char* argument;
    std::string code;
  } rows[] = {
      {"-4@%edi", "value = (int32_t)ctx->di; size = 4;"},
      {"8@%r15", "value = ctx->r15; size = 8;"},
      {"1@%ah", "value = (uint8_t)(ctx->ax >> 8); size = 1;"},
      {"8@%edi", "value = (uint32_t)ctx->di; size = 8;"},
      {"-1@%edi", "value = (int8_t)ctx->di; size = 1;"},
      {"-4@$-1", "value = (int32_t)0xffffffffffffffffULL; size = 4;"},
      {"8@$table", "value = PT_REGS_IP(ctx) + 0x2000ULL; size = 8;"},
      {"8@(%rax)", fetched("uint64_t", "ctx->ax", 8)},
      {"-4@-24(%rbp,%rcx,4)", fetched("int32_t", "ctx->bp + (int64_t)ctx->cx * 4 - 0x18ULL", 4)},
      {"8@16(,%rcx,8)", fetched("uint64_t", "(int64_t)ctx->cx * 8 + 0x10ULL", 8)},
      {"2@counter+8(%rip)", fetched("uint16_t", "PT_REGS_IP(ctx) + 0x2008ULL", 2)},
      {"8@table(,%rcx,8)", fetched("uint64_t", "PT_REGS_IP(ctx) + (int64_t)ctx->cx * 8 + 0x2000ULL", 8)},
      {"4@(%eax)", fetched("uint32_t", "(uint32_t)ctx->ax", 4)},
      {"8@-9223372036854775808(%rax)", fetched("uint64_t", "ctx->ax - 0x8000000000000000ULL", 8)},
  };
  for (const auto& row : rows) EXPECT_EQ(code_of(row.argument, EM_X86_64), row.code) << row.argument;
}

TEST(ReadCode, OfArm64) {
  struct {
    const char* argument;
    std::string code;
  } rows[] = {
      {"-4@w1", "value = (int32_t)ctx->regs[1]; size = 4;"},
      {"8@x30", "value = ctx->regs[30]; size = 8;"},
      {"4@wzr", "value = 0; size = 4;"},
      {"4@5", "value = (uint32_t)0x5ULL; size = 4;"},
      {"8@[sp, 16]", fetched("uint64_t", "ctx->sp + 0x10ULL", 8)},
      {"-4@[x29, -4]", fetched("int32_t", "ctx->regs[29] - 0x4ULL", 4)},
      {"8@[x1, x2, lsl 3]", fetched("uint64_t", "ctx->regs[1] + (int64_t)ctx->regs[2] * 8", 8)},
      {"-4@[x0, w1, sxtw 2]", fetched("int32_t", "ctx->regs[0] + (int64_t)(int32_t)ctx->regs[1] * 4", 4)},
      {"-4@[x0, w1, uxtw 2]", fetched("int32_t", "ctx->regs[0] + (int64_t)(uint32_t)ctx->regs[1] * 4", 4)},
  };
  for (const auto& row : rows) EXPECT_EQ(code_of(row.argument, EM_AARCH64), row.code) << row.argument;
}

#if defined(__x86_64__)
TEST(Readers, PlacesWithTheSameArgumentsNeedNoSwitch) {
  ProbeFile file;
  file.add_probe(kCode + 1, 0, "app", "start", "4@%edi");
  file.add_probe(kCode + 2, 0, "app", "start", "4@%edi");
  Context context = context_of(file);
  ASSERT_TRUE(enable(context, "start", "on_start"));
  auto readers = readers_of(context, false);
  ASSERT_TRUE(readers.has_value());
  EXPECT_THAT(readers->text, HasSubstr("_bpf_readarg_on_start_1(struct pt_regs *ctx, void *dest, size_t len)"));
  EXPECT_THAT(readers->text, Not(HasSubstr("PT_REGS_IP")));
  ASSERT_EQ(readers->programs.size(), 1u);
  EXPECT_EQ(readers->programs[0].probes, "app:start");
  ASSERT_EQ(readers->programs[0].arguments.size(), 1u);
  EXPECT_EQ(readers->programs[0].arguments[0].type, "uint32_t");
}

TEST(Readers, PlacesThatDifferAreToldApartByTheirAddresses) {
  ProbeFile file;
  file.add_probe(kCode + 1, 0, "app", "start", "4@%edi 8@$1");
  file.add_probe(kCode + 2, 0, "app", "start", "-8@%rsi");
  Context context = context_of(file);
  ASSERT_TRUE(enable(context, "start", "on_start"));
  auto readers = readers_of(context, false);
  ASSERT_TRUE(readers.has_value());
  EXPECT_THAT(readers->text, HasSubstr("switch (PT_REGS_IP(ctx) & 0xfff) {"));
  EXPECT_THAT(readers->text, HasSubstr("case 0x1ULL: value = (uint32_t)ctx->di; size = 4;"));
  EXPECT_THAT(readers->text, HasSubstr("case 0x2ULL: value = ctx->si; size = 8;"));
  EXPECT_THAT(readers->text, HasSubstr("case 0x2ULL: return -1;"));  // there is no second argument there
  EXPECT_EQ(readers->programs[0].arguments[0].type, "int64_t");
}

TEST(Readers, PlacesWithTheSameLastBitsTakeCookies) {
  ProbeFile one, other;
  one.add_probe(kCode + 1, 0, "app", "start", "4@%edi");
  other.add_probe(kCode + 1, 0, "app", "start", "4@%esi");
  Context context = context_of(one);
  Context second = context_of(other);
  context.binaries.push_back(second.binaries[0]);
  ASSERT_TRUE(enable(context, "app:start", "on_start"));
  ASSERT_EQ(context.enabled.size(), 2u);
  auto readers = readers_of(context);
  ASSERT_TRUE(readers.has_value());
  EXPECT_THAT(readers->text, HasSubstr("switch (bpf_get_attach_cookie(ctx)) {"));
  for (const BinaryProbes& binary : context.binaries) {
    uint64_t cookie = cookie_of(binary.probes[0].locations[0], EM_X86_64);
    EXPECT_THAT(readers->text, HasSubstr(fmt::format("case {:#x}ULL:", cookie)));
  }
  auto without = readers_of(context, false);
  ASSERT_FALSE(without.has_value());
  EXPECT_EQ(without.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(without.error().what, HasSubstr("app:start, enabled for on_start, cannot be told apart"));
  EXPECT_THAT(without.error().hint, HasSubstr("5.15"));
}

TEST(Readers, OneProgramInTwoContextsHasOneSetOfReaders) {
  ProbeFile file;
  file.add_probe(kCode + 1, 0, "app", "start", "4@%edi");
  file.add_probe(kCode + 2, 0, "app", "stop", "4@%esi");
  Context first = context_of(file), second = context_of(file);
  ASSERT_TRUE(enable(first, "start", "on_any"));
  ASSERT_TRUE(enable(second, "stop", "on_any"));
  const Context* both[] = {&first, &second};
  auto readers = make_readers(both, true);
  ASSERT_TRUE(readers.has_value());
  ASSERT_EQ(readers->programs.size(), 1u);
  EXPECT_EQ(readers->programs[0].probes, "app:start, app:stop");
  size_t at = readers->text.find("_bpf_readarg_on_any_1(");
  EXPECT_EQ(readers->text.find("_bpf_readarg_on_any_1(", at + 1), std::string::npos);
}

TEST(Readers, WhatCannotBeReadAnywhereHasNoFunctionAndAReason) {
  ProbeFile file;
  file.add_probe(kCode + 1, 0, "app", "start", "8f@%xmm0 8f@%xmm1");
  file.add_probe(kCode + 2, 0, "app", "start", "8f@%xmm0 8f@(%rdi)");
  Context context = context_of(file);
  ASSERT_TRUE(enable(context, "start", "on_start"));
  auto readers = readers_of(context);
  ASSERT_TRUE(readers.has_value());
  EXPECT_THAT(readers->text, Not(HasSubstr("on_start_1(")));
  EXPECT_THAT(readers->programs[0].arguments[0].why_not, HasSubstr("floating-point"));
  EXPECT_THAT(readers->text, HasSubstr("on_start_2("));
  EXPECT_EQ(readers->programs[0].arguments[1].why_not, "");
}
#endif

TEST(Enable, NamesAreLookedUpWithAndWithoutTheirProvider) {
  ProbeFile file;
  file.add_probe(kCode + 1, 0, "app", "start", "");
  file.add_probe(kCode + 2, 0, "lib", "start", "");
  file.add_probe(kCode + 3, 0, "lib", "stop", "");
  Context context = context_of(file);
  auto ambiguous = enable(context, "start", "f");
  EXPECT_EQ(ambiguous.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(ambiguous.error().what, "several providers have a probe start: app and lib");
  EXPECT_TRUE(enable(context, "lib:start", "f"));
  EXPECT_TRUE(enable(context, "stop", "f"));
  EXPECT_TRUE(enable(context, "stop", "f"));  // twice is once
  EXPECT_EQ(context.enabled.size(), 2u);
  auto missing = enable(context, "lib:stpo", "f");
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(missing.error().what, "no USDT probe lib:stpo in made; nearest: lib:stop");
  for (const char* name : {"", "1f", "f g", "f;", "f\n"}) EXPECT_FALSE(enable(context, "stop", name)) << name;
}

}  // namespace
}  // namespace sonde::usdt
