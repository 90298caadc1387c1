// Constants by name: spot checks here; tests/dialect/names compares all with the kernel's headers.
#include "compile/kernel/constants.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <sys/syscall.h>

#include <cerrno>

namespace sonde::compile {
namespace {

int64_t value_of(std::string_view name) {
  auto found = find_constant(name);
  EXPECT_TRUE(found) << name;
  return found ? static_cast<int64_t>(found->value) : -1;
}

TEST(Constants, OfUserSpaceHeaders) {
  EXPECT_EQ(value_of("EINVAL"), EINVAL);
  EXPECT_EQ(value_of("O_TMPFILE"), O_TMPFILE);
  EXPECT_EQ(value_of("ETH_P_IPV6"), ETH_P_IPV6);
  EXPECT_EQ(value_of("AT_FDCWD"), AT_FDCWD);
  EXPECT_EQ(value_of("__NR_openat"), __NR_openat);
  EXPECT_EQ(value_of("IPPROTO_ICMPV6"), 58);
}

TEST(Constants, OfTheKernelsOwnHeaders) {
  EXPECT_EQ(value_of("AF_INET6"), 10);
  EXPECT_EQ(value_of("PF_KTHREAD"), 0x200000);
  EXPECT_EQ(value_of("NSEC_PER_SEC"), 1'000'000'000);
  EXPECT_EQ(value_of("true"), 1);
}

TEST(Constants, TypesAreThoseOfC) {
  EXPECT_FALSE(find_constant("EINVAL")->is_unsigned);
  EXPECT_EQ(find_constant("EINVAL")->bits, 32);
  EXPECT_EQ(find_constant("NSEC_PER_SEC")->bits, 64);
  EXPECT_TRUE(find_constant("ULONG_MAX")->is_unsigned);
  EXPECT_EQ(find_constant("ULONG_MAX")->value, ~0ull);
  EXPECT_EQ(find_constant("INT_MIN")->value, static_cast<uint64_t>(INT64_C(-2147483648)));
}

TEST(Constants, NothingElse) {
  EXPECT_FALSE(find_constant("NO_SUCH_NAME"));
  EXPECT_FALSE(find_constant(""));
  EXPECT_FALSE(find_constant("EINVA"));
  EXPECT_FALSE(find_constant("_LINUX_TCP_H"));
}

}  // namespace
}  // namespace sonde::compile
