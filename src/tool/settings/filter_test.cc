// Filters as the program's constant.
#include "tool/settings/filter.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

#include "tool/formats/layout.h"

namespace sonde::tool {
namespace {

uint32_t word_at(const std::string& bytes, size_t at) {
  uint32_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

constexpr size_t kPid = offsetof(layout::sonde_filter, pid), kTid = offsetof(layout::sonde_filter, tid),
                 kUid = offsetof(layout::sonde_filter, uid), kHasUid = offsetof(layout::sonde_filter, has_uid),
                 kOwnPid = offsetof(layout::sonde_filter, own_pid),
                 kCommLength = offsetof(layout::sonde_filter, comm_length),
                 kComm = offsetof(layout::sonde_filter, comm), kCgroup = offsetof(layout::sonde_filter, cgroup),
                 kFollows = offsetof(layout::sonde_filter, follows);

TEST(Filter, OnlyTheToolItselfIsLeftOutByDefault) {
  auto bytes = filter_bytes({});
  ASSERT_TRUE(bytes) << bytes.error().what;
  EXPECT_EQ(bytes->size(), 64u);
  for (size_t at : {kPid, kTid, kUid, kHasUid, kCommLength, kCgroup, kCgroup + 4})
    EXPECT_EQ(word_at(*bytes, at), 0u) << at;
  EXPECT_EQ(word_at(*bytes, kOwnPid), static_cast<uint32_t>(::getpid()));
}

TEST(Filter, TheToolItselfIsTracedWhenItIsAskedFor) {
  auto own = static_cast<uint32_t>(::getpid());
  EXPECT_EQ(word_at(*filter_bytes({.pid = own}), kOwnPid), 0u);
  EXPECT_EQ(word_at(*filter_bytes({.tid = own}), kOwnPid), 0u);
  EXPECT_EQ(word_at(*filter_bytes({.includes_tool = true}), kOwnPid), 0u);
  EXPECT_EQ(word_at(*filter_bytes({.pid = 1}), kOwnPid), own);
}

TEST(Filter, ChildrenAreFollowedOnRequest) {
  EXPECT_EQ((*filter_bytes({.pid = 1}))[kFollows], 0);
  EXPECT_EQ((*filter_bytes({.pid = 1, .follows_children = true}))[kFollows], 1);
}

TEST(Filter, ProcessesThreadsUsersAndNames) {
  auto own = static_cast<uint32_t>(::getpid());
  auto bytes = filter_bytes({.pid = own, .tid = 1, .user = "root", .comm = "a-name-of-more-than-fifteen"});
  ASSERT_TRUE(bytes) << bytes.error().what;
  EXPECT_EQ(word_at(*bytes, kPid), own);
  EXPECT_EQ(word_at(*bytes, kTid), 1u);
  EXPECT_EQ(word_at(*bytes, kUid), 0u);
  EXPECT_EQ(word_at(*bytes, kHasUid), 1u);       // user 0 is a user
  EXPECT_EQ(word_at(*bytes, kCommLength), 15u);  // what a task's name can hold
  EXPECT_EQ(bytes->substr(kComm, 16), std::string("a-name-of-more-") + '\0');
  EXPECT_EQ(word_at(*filter_bytes({.user = "65534"}), kUid), 65534u);
}

TEST(Filter, WhatIsNotThereIsNamed) {
  auto what = [](const Filter& filter) {
    auto bytes = filter_bytes(filter);
    return bytes ? "" : bytes.error().what;
  };
  EXPECT_EQ(what({.user = "nobody-has-this-name"}), "there is no user nobody-has-this-name");
  EXPECT_EQ(what({.user = "4294967295"}), "there is no user 4294967295");
  EXPECT_EQ(what({.cgroup = "no/such/group"}), "there is no cgroup /sys/fs/cgroup/no/such/group");
  EXPECT_EQ(what({.container = "no-such-container"}), "there is no container no-such-container");
  EXPECT_EQ(what({.unit = "no-such-unit"}), "there is no unit no-such-unit that runs");
}

}  // namespace
}  // namespace sonde::tool
