// Btf: the running kernel's types, and files that are not what they say.
#include "kernel/btf.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "kernel/made_btf_test.h"

namespace sonde::kernel {
namespace {

// struct point { int x; union { int y; int z; }; }, typedef point_t, enum colour { RED = 1, BLUE = -2 }.
class Writer : public MadeBtf {
 public:
  Writer() {
    uint32_t integer = add({"int", BTF_KIND_INT, 0, 4}, {BTF_INT_SIGNED << 24 | 32});
    uint32_t inner = add({"", BTF_KIND_UNION, 2, 4}, {name("y"), integer, 0, name("z"), integer, 0});
    uint32_t point = add({"point", BTF_KIND_STRUCT, 2, 8}, {name("x"), integer, 0, name(""), inner, 32});
    add({"point_t", BTF_KIND_TYPEDEF, 0, point}, {});
    add({"colour", BTF_KIND_ENUM, 2, 4}, {name("RED"), 1, name("BLUE"), static_cast<uint32_t>(-2)});
    add({"point", BTF_KIND_FWD, 0, 0}, {});
  }
};

// Uses every question that Btf answers.
uint64_t walk(const Btf& btf) {
  uint64_t sum = 0;
  for (uint32_t id = btf.first_id(); id < btf.end_id(); ++id) {
    const btf_type* type = btf.type(id);
    std::string_view name = btf.name(type);
    sum += btf.size_of(id) + btf.resolve(id) + btf.member_type(id, "z") + name.size();
    sum += btf.find(BTF_KIND_STRUCT, name) + btf.find(BTF_KIND_ENUM, name);
  }
  return sum + btf.find_enumerator("RED").enum_id;
}

TEST(Btf, FindsTypesByNameAndKind) {
  auto btf = Btf::parse(Writer().bytes());
  ASSERT_TRUE(btf) << btf.error().what;
  uint32_t point = (*btf)->find(BTF_KIND_STRUCT, "point");
  ASSERT_EQ(point, 3u);  // not the forward declaration
  EXPECT_EQ((*btf)->size_of(point), 8u);
  EXPECT_EQ((*btf)->find(BTF_KIND_UNION, "point"), 0u);
  EXPECT_EQ((*btf)->resolve((*btf)->find(BTF_KIND_TYPEDEF, "point_t")), point);
  EXPECT_EQ((*btf)->find(BTF_KIND_STRUCT, ""), 0u);
}

TEST(Btf, LooksForMembersThroughAnonymousOnes) {
  auto btf = Btf::parse(Writer().bytes());
  ASSERT_TRUE(btf);
  EXPECT_EQ((*btf)->member_type(3, "z"), 1u);
  EXPECT_EQ((*btf)->member_type(3, "w"), 0u);
}

TEST(Btf, FindsEnumerators) {
  auto btf = Btf::parse(Writer().bytes());
  ASSERT_TRUE(btf);
  EXPECT_EQ((*btf)->find_enumerator("BLUE").enum_id, 5u);
  EXPECT_EQ((*btf)->find_enumerator("BLUE").index, 1u);
  EXPECT_EQ((*btf)->find_enumerator("GREEN").enum_id, 0u);
}

TEST(Btf, RefusesWhatIsCutOff) {
  std::string whole = Writer().bytes();
  for (size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(Btf::parse(whole.substr(0, size))) << size;
}

TEST(Btf, SurvivesAnyByteBeingAnything) {
  std::string whole = Writer().bytes();
  std::mt19937 random(7);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = whole;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    auto btf = Btf::parse(damaged);
    if (btf) walk(**btf), ++accepted;
  }
  EXPECT_GT(accepted, 0);
}

TEST(Btf, TypedefThatNamesItselfEnds) {
  std::string bytes = Writer().bytes();
  auto btf = Btf::parse(bytes);
  ASSERT_TRUE(btf);
  size_t at = reinterpret_cast<const char*>(&(*btf)->type(4)->type) - reinterpret_cast<const char*>((*btf)->type(1));
  uint32_t itself = 4;
  std::memcpy(bytes.data() + sizeof(btf_header) + at, &itself, sizeof itself);
  auto circle = Btf::parse(bytes);
  ASSERT_TRUE(circle);
  EXPECT_EQ((*circle)->resolve(4), 0u);
  EXPECT_EQ((*circle)->size_of(4), 0u);
}

TEST(Btf, ReadsTheRunningKernel) {
  auto btf = Btf::open("/sys/kernel/btf/vmlinux");
  ASSERT_TRUE(btf) << btf.error().what;
  uint32_t task = (*btf)->find(BTF_KIND_STRUCT, "task_struct");
  ASSERT_NE(task, 0u);
  EXPECT_NE((*btf)->member_type(task, "comm"), 0u);
  EXPECT_EQ((*btf)->size_of((*btf)->member_type(task, "comm")), 16u);
  EXPECT_NE((*btf)->find_enumerator("BPF_MAP_TYPE_HASH").enum_id, 0u);
}

}  // namespace
}  // namespace sonde::kernel
