// FunctionTypes: what the running kernel's functions are, and files that are not what they say.
#include "kernel/function_types.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "base/file.h"
#include "kernel/btf.h"
#include "kernel/kallsyms.h"
#include "kernel/needs_test.h"
#include "kernel/syscalls.h"

namespace sonde::kernel {
namespace {

constexpr const char* kPath = "/sys/kernel/btf/vmlinux";

TEST(FunctionTypes, IdsAreThoseOfTheWholeBtf) {
  NEEDS("btf");
  auto types = FunctionTypes::running();
  auto btf = Btf::open(kPath);
  ASSERT_TRUE(types && btf);
  for (const char* name : {"vfs_read", "vfs_write", "vfs_fallocate", "do_sys_openat2", "tcp_connect"}) {
    auto found = (*types)->find(name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->id, (*btf)->find(BTF_KIND_FUNC, name)) << name;
  }
}

TEST(FunctionTypes, SaysWhatArgumentsAre) {
  NEEDS("btf");
  auto types = FunctionTypes::running();
  ASSERT_TRUE(types);
  auto allocate = (*types)->find("vfs_fallocate");  // (struct file *, int, loff_t, loff_t) -> int
  ASSERT_TRUE(allocate);
  EXPECT_EQ(allocate->argument_bytes, (std::vector<uint32_t>{8, 4, 8, 8}));
  EXPECT_TRUE(allocate->returns);
  EXPECT_FALSE(allocate->is_ambiguous);
  auto nothing = (*types)->find("wake_up_new_task");  // (struct task_struct *)
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(nothing->returns);
  auto any = (*types)->find("_printk");      // (const char *, ...)
  if (!any) any = (*types)->find("printk");  // before Linux 5.15
  ASSERT_TRUE(any);
  EXPECT_EQ(any->argument_bytes, (std::vector<uint32_t>{8, 0}));
}

TEST(FunctionTypes, NamesThatAreNone) {
  NEEDS("btf");
  auto types = FunctionTypes::running();
  ASSERT_TRUE(types);
  for (const char* name : {"", "vfs_rea", "task_struct", "no_such_function_of_any_kernel"}) {
    EXPECT_FALSE((*types)->find(name)) << name;
  }
  EXPECT_FALSE((*types)->find(std::string_view("vfs_read\0", 9)));
}

TEST(FunctionTypes, SystemCallsWithoutArgumentsHaveOneCodeUnderSeveralNames) {
  NEEDS("btf");
  auto types = FunctionTypes::running();
  auto symbols = Kallsyms::running();
  ASSERT_TRUE(types && symbols);
  EXPECT_EQ((*types)->known_as("vfs_read"), "vfs_read");
  EXPECT_EQ((*types)->known_as("__x64_sys_no_such_call"), "");
  EXPECT_EQ((*types)->known_as("__do_sys_no_such_call"), "");
  for (const char* call : {"getppid", "getpid", "getuid", "fork", "sync", "pause", "read", "close", "time", "uname"}) {
    std::string name = syscall_prefix(**symbols) + call;
    std::string known = (*types)->known_as(name);
    Kallsyms::Symbol one, other;
    if (known.empty() || known == name || !(*symbols)->find(name, one)) continue;
    ASSERT_TRUE((*symbols)->find(known, other)) << known;
    EXPECT_EQ(one.address, other.address) << known;
  }
#if defined(__x86_64__)
  EXPECT_EQ((*types)->known_as("__x64_sys_getppid"), "__do_sys_getppid");
  EXPECT_EQ((*types)->known_as("__x64_sys_read"), "__x64_sys_read");
#endif
}

class Damaged : public testing::Test {
 protected:
  // An attempt to use what `bytes` are as BTF.
  void try_out(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    auto types = FunctionTypes::open(path_);
    if (!types) return;
    for (const char* name : {"vfs_read", "vfs_fallocate", "_printk"}) (void)(*types)->find(name);
  }
  void TearDown() override { ::unlink(path_.c_str()); }

  std::string path_ = testing::TempDir() + "/function_types_" + std::to_string(::getpid());
};

TEST_F(Damaged, IsRefusedOrFindsNothing) {
  NEEDS("btf");
  auto whole = base::read_file(kPath, 64u << 20);
  ASSERT_TRUE(whole);
  for (size_t size : {size_t{0}, size_t{10}, size_t{24}, size_t{1000}, whole->size() / 2})
    try_out(whole->substr(0, size));
  std::mt19937 random(1);
  for (int round = 0; round < 20; round++) {
    std::string bytes = *whole;
    for (int i = 0; i < 2000; i++) bytes[24 + random() % (bytes.size() - 24)] = static_cast<char>(random());
    if (round % 4 == 0) bytes[8 + random() % 16] = static_cast<char>(random());
    try_out(bytes);
  }
  EXPECT_FALSE(FunctionTypes::open(path_ + ".none"));
}

}  // namespace
}  // namespace sonde::kernel
