// Which options a kernel's types tell: kernels made here, type by type.
#include "compile/kernel_config.h"

#include <gtest/gtest.h>

#include <cstring>

namespace sonde::compile {
namespace {

// BTF of structs whose members are ints, and of one typedef of a struct.
class BtfText {
 public:
  BtfText() { add(0, BTF_KIND_INT << 24, 4, {32}, "int"); }

  void add_struct(const std::string& name, const std::vector<std::string>& members) {
    std::vector<uint32_t> body;
    for (const auto& member : members) body.insert(body.end(), {string(member), 1, 0});
    add(string(name), (BTF_KIND_STRUCT << 24) | static_cast<uint32_t>(members.size()), 4, body);
  }
  void add_typedef_of_struct(const std::string& name, const std::vector<std::string>& members) {
    add_struct("", members);
    add(string(name), BTF_KIND_TYPEDEF << 24, count_, {});
  }
  void add_enum(const std::string& enumerator) {
    add(0, (BTF_KIND_ENUM << 24) | 1, 4, {string(enumerator), 0});
  }

  std::shared_ptr<const kernel::Btf> parse() const {
    btf_header header{};
    header.magic = BTF_MAGIC;
    header.version = BTF_VERSION;
    header.hdr_len = sizeof(header);
    header.type_len = static_cast<uint32_t>(types_.size() * 4);
    header.str_off = header.type_len;
    header.str_len = static_cast<uint32_t>(strings_.size());
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
    bytes.append(reinterpret_cast<const char*>(types_.data()), header.type_len).append(strings_);
    auto parsed = kernel::Btf::parse(bytes);
    EXPECT_TRUE(parsed) << parsed.error().what;
    return parsed ? *parsed : nullptr;
  }

 private:
  uint32_t string(const std::string& text) {
    if (text.empty()) return 0;
    uint32_t offset = static_cast<uint32_t>(strings_.size());
    strings_.append(text).push_back('\0');
    return offset;
  }
  void add(uint32_t name, uint32_t info, uint32_t size_or_type, const std::vector<uint32_t>& body, const char* text = "") {
    if (*text) name = string(text);
    types_.insert(types_.end(), {name, info, size_or_type});
    types_.insert(types_.end(), body.begin(), body.end());
    ++count_;
  }

  std::vector<uint32_t> types_;
  std::string strings_ = std::string(1, '\0');
  uint32_t count_ = 0;
};

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

TEST(KernelConfig, EnumeratorsAreAskedForToo) {
  BtfText text;
  text.add_enum("__RQF_STARTED");
  EXPECT_TRUE(has(kernel_config(*text.parse()), "SONDE_HAS_RQF_BITS"));
}

TEST(KernelConfig, OnlyWhatTheSourceCanNeed) {
  BtfText text;
  text.add_struct("zone", {"node"});
  text.add_struct("dentry", {"d_shortname"});
  text.add_struct("mm_struct", {"owner"});
  auto btf = text.parse();
  EXPECT_TRUE(kernel_config(*btf, "int f(void *ctx) { return 0; }").empty());
  auto some = kernel_config(*btf, "#ifdef CONFIG_NUMA\n#endif\nchar name[DNAME_INLINE_LEN];");
  EXPECT_TRUE(has(some, "CONFIG_NUMA"));
  EXPECT_TRUE(has(some, "SONDE_HAS_DENTRY_SHORTNAME"));
  EXPECT_FALSE(has(some, "CONFIG_MEMCG"));
  EXPECT_EQ(kernel_config(*btf, "#include \"mine.h\"").size(), 3u);
}

}  // namespace
}  // namespace sonde::compile
