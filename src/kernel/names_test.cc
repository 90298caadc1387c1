// Names of the kernel: the nearest one, versions, lists of CPUs, system calls.
#include <gtest/gtest.h>

#include "kernel/cpus.h"
#include "kernel/functions.h"
#include "kernel/kallsyms.h"
#include "kernel/release.h"
#include "kernel/suggestion.h"
#include "kernel/syscalls.h"

namespace sonde::kernel {
namespace {

std::string suggestion(std::string_view wanted, std::initializer_list<std::string_view> names) {
  Suggestion search(wanted);
  for (std::string_view name : names) search.offer(name);
  return search.best();
}

TEST(Suggestion, CountsEdits) {
  EXPECT_EQ(edit_distance("vfs_read", "vfs_read", 5), 0u);
  EXPECT_EQ(edit_distance("vfs_raed", "vfs_read", 5), 1u);  // neighbours swapped
  EXPECT_EQ(edit_distance("vfs_red", "vfs_read", 5), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 5), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 2), 3u);
  EXPECT_EQ(edit_distance("", "abc", 5), 3u);
}

TEST(Suggestion, TakesTheNearestWhateverTheOrder) {
  EXPECT_EQ(suggestion("vfs_raed", {"vfs_write", "vfs_read", "vfs_readv"}), "vfs_read");
  EXPECT_EQ(suggestion("vfs_raed", {"vfs_readv", "vfs_read", "vfs_write"}), "vfs_read");
  EXPECT_EQ(suggestion("abcd", {"abce", "abcf"}), suggestion("abcd", {"abcf", "abce"}));
}

TEST(Suggestions, AreTheNearestFewInOrder) {
  Suggestions near("vfs_raed", 2);
  for (const char* name : {"vfs_readv", "tcp_connect", "vfs_write", "vfs_raed", "vfs_read", "vcs_read"})
    near.offer(name);
  EXPECT_EQ(near.best(), (std::vector<std::string>{"vfs_read", "vcs_read"}));
  EXPECT_TRUE(Suggestions("vfs_read").best().empty());
}

TEST(Suggestion, KeepsSilentWhenNothingIsNear) {
  EXPECT_EQ(suggestion("vfs_read", {"tcp_connect", "schedule"}), "");
  EXPECT_EQ(suggestion("x", {}), "");
  EXPECT_EQ(suggestion_phrase(""), "");
  EXPECT_EQ(suggestion_phrase("vfs_read"), "; nearest: vfs_read");
}

TEST(Release, ReadsVersions) {
  EXPECT_EQ(parse_version("6.1.0-18-amd64"), version_code(6, 1, 0));
  EXPECT_EQ(parse_version("5.15.167.4-microsoft"), version_code(5, 15, 167));
  EXPECT_EQ(parse_version("4.14.336"), version_code(4, 14, 255));
  EXPECT_EQ(parse_version("6.18-rc1"), version_code(6, 18));
  EXPECT_EQ(parse_version(""), 0u);
  EXPECT_EQ(parse_version("linux"), 0u);
  EXPECT_LT(version_code(5, 8), version_code(5, 10));
  EXPECT_GT(running_version(), version_code(4, 1));
}

TEST(Cpus, ReadsLists) {
  EXPECT_EQ(*parse_cpu_list("0-3,8\n"), (std::vector<int>{0, 1, 2, 3, 8}));
  EXPECT_EQ(*parse_cpu_list("0\n"), std::vector<int>{0});
  EXPECT_TRUE(parse_cpu_list("")->empty());
  EXPECT_FALSE(parse_cpu_list("0-"));
  EXPECT_FALSE(parse_cpu_list("0-99999999999"));
  EXPECT_FALSE(parse_cpu_list("zero"));
  EXPECT_GE(possible_cpus(), online_cpus()->size());
}

TEST(Syscalls, KnowTheirPrefixes) {
  EXPECT_EQ(syscall_name("sys_clone"), "clone");
  EXPECT_EQ(syscall_name("__x64_sys_clone"), "clone");
  EXPECT_EQ(syscall_name("vfs_read"), "");
  EXPECT_EQ(fix_syscall_function("vfs_read"), "vfs_read");
  EXPECT_EQ(fix_syscall_function("sys_clone"), std::string(expected_syscall_prefix()) + "clone");
}

TEST(Syscalls, TheExpectedPrefixIsTheRunningKernels) {
  auto symbols = Kallsyms::running();
  ASSERT_TRUE(symbols);
  EXPECT_EQ(syscall_prefix(**symbols), expected_syscall_prefix());
  std::vector<std::string> names = syscall_names(**symbols);
  EXPECT_TRUE(std::binary_search(names.begin(), names.end(), "clone"));
  EXPECT_GT(names.size(), 250u);
}

TEST(Functions, AreExaminedAfterAFailure) {
  EXPECT_EQ(examine_function("vfs_raed").phrase, "no such function in this kernel; nearest: vfs_read");
  EXPECT_EQ(examine_function("schedule").state == FunctionFinding::State::kMissing, false);
  auto symbols = Kallsyms::running();
  for (size_t i = 0; i < (*symbols)->size(); i++) {
    Kallsyms::Symbol symbol = (**symbols)[i], first;
    if (symbol.type != 'D' || !(*symbols)->find(symbol.name, first) || first.type != 'D') continue;
    EXPECT_EQ(examine_function(symbol.name).phrase, "is data in this kernel, not a function") << symbol.name;
    break;  // kernels without CONFIG_KALLSYMS_ALL list no data at all
  }
  EXPECT_EQ(examine_function("no_function_has_such_a_name_as_this").phrase, "no such function in this kernel");
}

}  // namespace
}  // namespace sonde::kernel
