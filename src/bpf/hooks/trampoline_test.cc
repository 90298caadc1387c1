// When a trampoline does exactly what a kprobe would.
#include "bpf/hooks/trampoline.h"

#include <gtest/gtest.h>

namespace sonde::bpf {
namespace {

spec::Variant reading(std::vector<uint32_t> bits) {
  spec::Variant variant{.kind = "fentry", .symbol = "x", .differs = {}, .argument_bits = std::move(bits)};
  return variant;
}

kernel::FunctionType function(std::vector<uint32_t> bytes, bool returns = true) {
  return {.id = 7, .argument_bytes = std::move(bytes), .returns = returns};
}

std::string difference(const spec::Variant& variant, const std::optional<kernel::FunctionType>& type, bool whole = true,
                       const char* name = "vfs_read") {
  return trampoline_difference({HookKind::kKprobe, name}, variant, type, {whole});
}

TEST(Trampoline, IsTheSameForPlainArguments) {
  EXPECT_EQ(difference(reading({64, 32}), function({8, 4})), "");
  EXPECT_EQ(difference(reading({}), function({})), "");
  EXPECT_EQ(difference(reading({0, 32}), function({2, 4}), false), "");
}

TEST(Trampoline, NarrowArgumentsHaveForeignBitsAboveThemInOldKernels) {
  EXPECT_EQ(difference(reading({64, 64}), function({8, 4}), true), "");
  EXPECT_EQ(difference(reading({64, 64}), function({8, 4}), false),
            "the program reads more of argument 2 than its 4 bytes");
}

TEST(Trampoline, ArgumentsThatTheFunctionDoesNotHave) {
  EXPECT_EQ(difference(reading({0, 0, 64}), function({8})), "the program reads 3 arguments, the function has 1");
}

TEST(Trampoline, FunctionsThatAreNotSimple) {
  EXPECT_EQ(difference(reading({}), std::nullopt), "the kernel's BTF does not have the function");
  EXPECT_EQ(difference(reading({}), function({8, 0})),
            "the function takes a struct by value, or any number of arguments");
  EXPECT_EQ(difference(reading({}), function({8, 8, 8, 8, 8, 8, 8})), "the function has 7 arguments");
  kernel::FunctionType twice = function({8});
  twice.is_ambiguous = true;
  EXPECT_EQ(difference(reading({}), twice), "several functions have this name");
}

TEST(Trampoline, ResultsOfFunctionsThatHaveNone) {
  spec::Variant variant{.kind = "fexit", .symbol = "x", .differs = {}, .argument_bits = {}, .reads_result = true};
  EXPECT_EQ(difference(variant, function({8}, true)), "");
  EXPECT_EQ(difference(variant, function({8}, false)), "the function returns nothing");
}

TEST(Trampoline, FunctionsThatProgramsCall) {
  for (const char* name : {"_raw_spin_lock", "kmalloc_trace", "__htab_map_lookup_elem", "perf_event_output"}) {
    EXPECT_EQ(difference(reading({}), function({8}), true, name), "programs call this function themselves") << name;
  }
  for (const char* name : {"vfs_read", "tcp_connect", "do_sys_openat2", "__x64_sys_read", "blk_mq_start_request"}) {
    EXPECT_FALSE(is_called_by_programs(name)) << name;
  }
}

TEST(Trampoline, PlacesThatAreNoEntry) {
  Hook inside{HookKind::kKprobe, "vfs_read", KernelFunction{.offset = 5}};
  EXPECT_EQ(trampoline_difference(inside, reading({}), function({8}), {}), "it is inside the function");
  EXPECT_EQ(difference(reading({}), function({8}), true, "0xffffffff81000000"), "it is given by its address");
}

}  // namespace
}  // namespace sonde::bpf
