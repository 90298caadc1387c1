#include "probes/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonde::probes {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

bool regex_matches(std::string_view regex, std::string_view name) {
  auto pattern = Pattern::regex(Slice(regex));
  EXPECT_TRUE(pattern) << regex << ": " << (pattern ? "" : pattern.error().message);
  return pattern && pattern->matches(name);
}

bool plain_matches(std::string_view text, std::string_view name) {
  auto pattern = Pattern::plain(Slice(text));
  EXPECT_TRUE(pattern) << text;
  return pattern && pattern->matches(name);
}

TEST(Wildcard, IsFnmatchs) {
  EXPECT_TRUE(matches_wildcard("vfs_*", "vfs_read"));
  EXPECT_TRUE(matches_wildcard("vfs_*", "vfs_"));
  EXPECT_FALSE(matches_wildcard("vfs_*", "xvfs_read"));
  EXPECT_FALSE(matches_wildcard("vfs_", "vfs_read"));
  EXPECT_TRUE(matches_wildcard("*tcp*send*", "do_tcp_sendpages"));
  EXPECT_FALSE(matches_wildcard("*tcp*send*", "send_tcp"));
  EXPECT_TRUE(matches_wildcard("vfs_rea?", "vfs_read"));
  EXPECT_FALSE(matches_wildcard("vfs_rea?", "vfs_rea"));
  EXPECT_TRUE(matches_wildcard("vfs_[rw]*", "vfs_write"));
  EXPECT_FALSE(matches_wildcard("vfs_[!rw]*", "vfs_write"));
  EXPECT_TRUE(matches_wildcard("[a-c]x", "bx"));
  EXPECT_TRUE(matches_wildcard("[]]", "]"));
  EXPECT_TRUE(matches_wildcard("a[b", "a[b"));  // not closed: a character
  EXPECT_TRUE(matches_wildcard("", ""));
  EXPECT_FALSE(matches_wildcard("", "a"));
  EXPECT_TRUE(matches_wildcard("***", ""));
}

TEST(Plain, IsWhatBccMakesOfIt) {
  EXPECT_TRUE(plain_matches("vfs_read", "vfs_read"));
  EXPECT_FALSE(plain_matches("vfs.read", "vfs_read"));  // a name, as "tcp_v4_rcv.cold"
  EXPECT_TRUE(plain_matches("vfs_(read|write)*", "vfs_writev"));
  EXPECT_TRUE(plain_matches("tcp_.*", "tcp_x"));
  EXPECT_FALSE(plain_matches("tcp_.*", "tcp_"));  // `*` is `.*` here, and `.` one more
  EXPECT_TRUE(plain_matches("^vfs_read$", "vfs_read"));
}

TEST(Regex, MatchesAsPythonsFullmatch) {
  EXPECT_TRUE(regex_matches("^vfs_.*", "vfs_read"));
  EXPECT_FALSE(regex_matches("vfs_", "vfs_read"));
  EXPECT_TRUE(regex_matches("(write|read)$", "read"));
  EXPECT_TRUE(regex_matches("vfs_(?:read|write)v?", "vfs_readv"));
  EXPECT_TRUE(regex_matches("(?P<verb>read)", "read"));
  EXPECT_TRUE(regex_matches("a{2,3}", "aaa"));
  EXPECT_FALSE(regex_matches("a{2,3}", "aaaa"));
  EXPECT_FALSE(regex_matches("a{2}", "a"));
  EXPECT_TRUE(regex_matches("a{,2}b", "b"));
  EXPECT_TRUE(regex_matches("a{2,}", "aaaaa"));
  EXPECT_TRUE(regex_matches("a{x}", "a{x}"));
  EXPECT_TRUE(regex_matches("a{,x}", "a{,x}"));
  EXPECT_TRUE(regex_matches("a+?b*?", "aab"));
  EXPECT_TRUE(regex_matches(R"(tcp_v\d_\w+)", "tcp_v4_rcv"));
  EXPECT_FALSE(regex_matches(R"(tcp_v\D_\w+)", "tcp_v4_rcv"));
  EXPECT_TRUE(regex_matches(R"([^\d]+)", "tcp_v"));
  EXPECT_TRUE(regex_matches("[]a-]+", "a-]"));
  EXPECT_TRUE(regex_matches("[^a]", "b"));
  EXPECT_TRUE(regex_matches(R"(ext4\.cold)", "ext4.cold"));
  EXPECT_TRUE(regex_matches(R"(\bvfs\B_read\b)", "vfs_read"));
  EXPECT_FALSE(regex_matches(R"(vfs\b_read)", "vfs_read"));
  EXPECT_TRUE(regex_matches("(?i)VFS_[a-z]+", "vfs_READ"));
  EXPECT_TRUE(regex_matches("", ""));
  EXPECT_FALSE(regex_matches("", "a"));
  EXPECT_TRUE(regex_matches("a|", ""));
  EXPECT_FALSE(regex_matches("a$b", "ab"));
  EXPECT_TRUE(regex_matches("(a*)*", "aaa"));
  EXPECT_TRUE(regex_matches("(a|b*)+c", "abbac"));
}

// Each of these takes a backtracking matcher years.
TEST(Regex, NothingBacktracks) {
  std::string many(5000, 'a');
  EXPECT_FALSE(regex_matches("(a*)*b", many));
  EXPECT_FALSE(regex_matches("(a|a)*b", many));
  EXPECT_FALSE(regex_matches("(a|aa)+$b", many));
  EXPECT_FALSE(regex_matches("(.*a){50}b", many));
  EXPECT_FALSE(matches_wildcard("*a*a*a*a*a*a*a*a*b", many));
}

TEST(Regex, IsBounded) {
  for (std::string_view each : {"((a{100}){100}){100}", "(a{1000}|b{1000}){1000}"}) {
    auto pattern = Pattern::regex(Slice(each));
    ASSERT_FALSE(pattern);
    EXPECT_THAT(pattern.error().message, HasSubstr("too large"));
  }
  auto deep = Pattern::regex(Slice(std::string(5000, '(')));
  ASSERT_FALSE(deep);
  EXPECT_THAT(deep.error().message, HasSubstr("too deeply"));
}

TEST(Pattern, SelectsOutOfSortedNames) {
  std::vector<std::string> names = {"do_vfs", "vfs_open", "vfs_read", "vfs_readv", "vfs_write", "vg"};
  EXPECT_THAT(Pattern::exact("vfs_read").select(names), ElementsAre("vfs_read"));
  EXPECT_THAT(Pattern::exact("vfs").select(names), IsEmpty());
  EXPECT_THAT(Pattern::wildcard("vfs_r*").select(names), ElementsAre("vfs_read", "vfs_readv"));
  EXPECT_THAT(Pattern::wildcard("*vfs*").select(names),
              ElementsAre("do_vfs", "vfs_open", "vfs_read", "vfs_readv", "vfs_write"));
  EXPECT_THAT(Pattern::regex(Slice("vfs_(read|write)"))->select(names), ElementsAre("vfs_read", "vfs_write"));
  EXPECT_THAT(Pattern::wildcard("*").select({}), IsEmpty());
}

TEST(Pattern, SelectsAsManyAsThereAre) {
  std::vector<std::string> names;
  for (int i = 100000; i < 200000; i++) names.push_back("f" + std::to_string(i));
  EXPECT_EQ(Pattern::wildcard("f*").select(names).size(), 100000u);
  EXPECT_EQ(Pattern::regex(Slice("f1.*7"))->select(names).size(), 10000u);
}

}  // namespace
}  // namespace sonde::probes
