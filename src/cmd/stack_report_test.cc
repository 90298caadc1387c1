// Stacks read as names where it is known whose they are, and as addresses where not.
#include "cmd/stack_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <cstring>

extern "C" __attribute__((noinline, visibility("default"))) int sonde_test_frame(int value) {
  asm volatile("");
  return value + 1;
}

namespace sonde::cmd {
namespace {

using spec::TypeKind;

spec::Spec spec_of_types() {
  spec::Spec spec;
  spec.types = {{TypeKind::kVoid, "void"},
                {TypeKind::kInt, "unsigned int", "u32", 4},
                {TypeKind::kInt, "int", "", 4, true},
                {.kind = TypeKind::kStruct,
                 .name = "key",
                 .size = 12,
                 .fields = {{"pid", 1, 0}, {"user_stack_id", 2, 32}, {"kernel_stack_id", 2, 64}}}};
  return spec;
}

spec::Map stacks(uint32_t flags = 0) {
  spec::Map map;
  map.name = "stacks", map.type = BPF_MAP_TYPE_STACK_TRACE, map.key_size = 4, map.flags = flags;
  return map;
}

template <typename... T>
std::string bytes_of(T... values) {
  std::string bytes;
  (bytes.append(reinterpret_cast<const char*>(&values), sizeof values), ...);
  return bytes;
}

uint64_t frame() { return reinterpret_cast<uint64_t>(&sonde_test_frame) + 2; }

StackOwners owners_of(int32_t user_stack) {
  spec::Map counts;
  counts.key = 3;
  StackOwners owners;
  owners.learn(spec_of_types(), counts, {{bytes_of(::getpid(), user_stack, int32_t{-14}), bytes_of(uint64_t{1})}});
  return owners;
}

TEST(StackReport, NamesTheFramesOfTheProcessThatAKeyNames) {
  std::string stack = bytes_of(frame(), uint64_t{0x10}, uint64_t{0}, uint64_t{0x20});
  EXPECT_EQ(
      stack_report(stacks(), {{bytes_of(int32_t{7}), stack}}, owners_of(7)),
      fmt::format("stacks:\n  7 of process {}\n    sonde_test_frame+0x2 [sonde_cmd_test]\n    0x10\n", ::getpid()));
}

TEST(StackReport, FramesOfNobodyAreAddresses) {
  EXPECT_EQ(stack_report(stacks(), {{bytes_of(int32_t{8}), bytes_of(uint64_t{0x1234}, uint64_t{0})}}, owners_of(7)),
            "stacks:\n  8\n    0x1234\n");
  EXPECT_EQ(stack_report(stacks(), {}, owners_of(7)), "");
}

TEST(StackReport, FramesByBuildId) {
  bpf_stack_build_id valid{}, by_address{}, empty{};
  valid.status = BPF_STACK_BUILD_ID_VALID, valid.offset = 0x42;
  std::memset(valid.build_id, 0xab, sizeof valid.build_id);
  by_address.status = BPF_STACK_BUILD_ID_IP, by_address.ip = frame();
  std::string report = stack_report(stacks(BPF_F_STACK_BUILD_ID),
                                    {{bytes_of(int32_t{7}), bytes_of(valid, by_address, empty, valid)}}, owners_of(7));
  EXPECT_THAT(report, testing::MatchesRegex(
                          "stacks:\n  7 of process [0-9]+\n    [ab ]+\\+0x42\n    sonde_test_frame\\+0x2 .*\n"));
}

TEST(StackReport, AStackThatEndsEarlyIsNoHarm) {
  EXPECT_EQ(stack_report(stacks(), {{bytes_of(int32_t{8}), "abc"}}, {}), "stacks:\n  8\n");
  EXPECT_EQ(stack_report(stacks(), {{"", ""}}, {}), "stacks:\n  0\n");
}

}  // namespace
}  // namespace sonde::cmd
