// Which options a kernel's types tell: kernels made here, type by type.
#include "compile/kernel/kernel_config.h"

#include <gtest/gtest.h>

#include "compile/kernel/btf_text.h"

namespace sonde::compile {
namespace {

bool has(const std::vector<MacroDefinition>& macros, std::string_view name) {
  for (const auto& macro : macros) {
    if (macro.name == name) return macro.value == "1";
  }
  return false;
}

TEST(KernelConfig, OptionIsOnWhenItsMemberIsThere) {
  BtfText text;
  text.add_struct("zone", {"node"});
  text.add_struct("kmem_cache", {"min_partial"});
  text.add_typedef_of_struct("possible_net_t", {"net"});
  auto macros = kernel_config(*text.parse());
  EXPECT_TRUE(has(macros, "CONFIG_NUMA"));
  EXPECT_TRUE(has(macros, "CONFIG_SLUB"));
  EXPECT_TRUE(has(macros, "CONFIG_NET_NS"));
  EXPECT_FALSE(has(macros, "CONFIG_SLUB_CPU_PARTIAL"));
  EXPECT_FALSE(has(macros, "CONFIG_SLAB"));
}

TEST(KernelConfig, OptionIsOffWithoutItsMember) {
  BtfText text;
  text.add_struct("zone", {"name"});
  text.add_typedef_of_struct("possible_net_t", {"other"});
  auto macros = kernel_config(*text.parse());
  EXPECT_TRUE(macros.empty());
}

TEST(KernelConfig, OnlyWhatTheSourceCanNeed) {
  BtfText text;
  text.add_struct("zone", {"node"});
  text.add_struct("dentry", {"d_shortname"});
  text.add_struct("mm_struct", {"owner"});
  auto btf = text.parse();
  EXPECT_TRUE(kernel_config(*btf, "int f(void *ctx) { return 0; }").empty());
  auto some = kernel_config(*btf, "#ifdef CONFIG_NUMA\n#endif\nchar name = dentry->d_iname[0];");
  EXPECT_TRUE(has(some, "CONFIG_NUMA"));
  EXPECT_TRUE(has(some, "SONDE_HAS_DENTRY_SHORTNAME"));
  EXPECT_FALSE(has(some, "CONFIG_MEMCG"));
  EXPECT_EQ(kernel_config(*btf, "#include \"mine.h\"").size(), 3u);
}

}  // namespace
}  // namespace sonde::compile
