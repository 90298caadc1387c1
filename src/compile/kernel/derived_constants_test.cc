// Constants that a kernel's types tell: kernels made here, type by type. tests/dialect/names compares with real
// headers.
#include "compile/kernel/derived_constants.h"

#include <gtest/gtest.h>

#include "compile/kernel/btf_text.h"

namespace sonde::compile {
namespace {

std::optional<uint64_t> value_of(const BtfText& text, std::string_view name) {
  auto found = derived_constant(*text.parse(), name);
  return found ? std::optional(found->value) : std::nullopt;
}

TEST(DerivedConstants, SizesOfArrays) {
  BtfText text;
  text.add_struct_of_array("cpumask", "bits", 4);
  text.add_struct_of_array("skb_shared_info", "frags", 17);
  text.add_struct_of_array("kmem_cache", "node", 1024);
  text.add_struct_of_array("task_struct", "comm", 16);
  text.add_struct_of_array("bpf_ksym", "name", 128);
  EXPECT_EQ(value_of(text, "TASK_COMM_LEN"), 16u);
  EXPECT_EQ(value_of(text, "KSYM_NAME_LEN"), 128u);
  EXPECT_EQ(value_of(text, "NR_CPUS"), 256u);
  EXPECT_EQ(value_of(text, "CONFIG_NR_CPUS"), 256u);
  EXPECT_EQ(value_of(text, "MAX_SKB_FRAGS"), 17u);
  EXPECT_EQ(value_of(text, "MAX_NUMNODES"), 1024u);
  EXPECT_EQ(value_of(text, "NODES_SHIFT"), 10u);
}

TEST(DerivedConstants, NothingWithoutTheType) {
  BtfText text;
  for (auto name :
       {"NR_CPUS", "MAX_SKB_FRAGS", "MAX_NUMNODES", "NODES_SHIFT", "MAX_ORDER", "NR_PAGE_ORDERS", "MAX_NR_ZONES",
        "TASK_COMM_LEN", "KMALLOC_MAX_SIZE", "DNAME_INLINE_LEN", "SLAB_PANIC", "NO_SUCH_NAME", ""}) {
    EXPECT_EQ(value_of(text, name), std::nullopt) << name;
  }
}

TEST(DerivedConstants, HighestOrderIsIncludedSinceLinux6_4) {
  BtfText before, since;
  for (auto* text : {&before, &since}) text->add_struct_of_array("zone", "free_area", 11);
  since.add_enum("BPF_NETFILTER", 45);
  EXPECT_EQ(value_of(before, "MAX_ORDER"), 11u);
  EXPECT_EQ(value_of(since, "MAX_ORDER"), 10u);
  for (auto* text : {&before, &since}) {
    EXPECT_EQ(value_of(*text, "NR_PAGE_ORDERS"), 11u);
    EXPECT_EQ(value_of(*text, "MAX_PAGE_ORDER"), 10u);
    EXPECT_EQ(value_of(*text, "KMALLOC_MAX_SIZE"), 4u << 20);
  }
}

TEST(DerivedConstants, FlagsThatAreEnumeratorsNumbers) {
  BtfText text;
  text.add_enum("_SLAB_PANIC", 9);
  text.add_enum("___GFP_ZERO_BIT", 8);
  text.add_enum("__REQ_SYNC", 11);
  text.add_enum("__RQF_STARTED", 1);
  EXPECT_EQ(value_of(text, "SLAB_PANIC"), 1u << 9);
  EXPECT_EQ(value_of(text, "__GFP_ZERO"), 1u << 8);
  EXPECT_EQ(value_of(text, "REQ_SYNC"), 1u << 11);
  EXPECT_EQ(value_of(text, "RQF_STARTED"), 1u << 1);
  EXPECT_EQ(value_of(text, "SLAB_POISON"), std::nullopt);
  EXPECT_TRUE(derived_constant(*text.parse(), "SLAB_PANIC")->is_unsigned);
}

TEST(DerivedConstants, StackAndItsPadding) {
  BtfText text;
  EXPECT_EQ(value_of(text, "THREAD_SIZE"), 16384u);
  EXPECT_EQ(value_of(text, "TOP_OF_KERNEL_STACK_PADDING"), 0u);
  text.add_struct("task_struct", {"kasan_depth"});
  text.add_struct("fred_info", {"edata"});
  EXPECT_EQ(value_of(text, "THREAD_SIZE"), 32768u);
  EXPECT_EQ(value_of(text, "TOP_OF_KERNEL_STACK_PADDING"), 16u);
}

TEST(DerivedConstants, NoLongerThere) {
  BtfText before, since;
  since.add_enum("BPF_NETFILTER", 45);
  since.add_enum("BPF_TCX_INGRESS", 46);
  EXPECT_EQ(value_of(before, "__GFP_ATOMIC"), 0x200u);
  EXPECT_EQ(value_of(since, "__GFP_ATOMIC"), std::nullopt);
  EXPECT_EQ(value_of(before, "FMODE_WRITE_IOCTL"), 0x100u);
  EXPECT_EQ(value_of(since, "FMODE_WRITE_IOCTL"), std::nullopt);
  EXPECT_EQ(value_of(before, "GFP_ATOMIC"), 0xa20u);
  EXPECT_EQ(value_of(since, "GFP_ATOMIC"), 0x820u);
}

}  // namespace
}  // namespace sonde::compile
