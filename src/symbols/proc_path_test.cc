// Paths below /proc/PID, however they are spelt.
#include "symbols/proc_path.h"

#include <gtest/gtest.h>

namespace sonde::symbols {
namespace {

std::string parsed(const std::string& path) {
  auto found = parse_proc_path(path, 42);
  return found ? std::to_string(found->pid) + " " + found->entry + " " + found->rest : "none";
}

TEST(ProcPath, EveryEntryOfAProcess) {
  EXPECT_EQ(parsed("/proc/181/root/usr/bin/bash"), "181 root /usr/bin/bash");
  EXPECT_EQ(parsed("/proc/181/root"), "181 root ");
  EXPECT_EQ(parsed("/proc/181/exe"), "181 exe ");
  EXPECT_EQ(parsed("/proc/181/cwd/lib/../x"), "181 cwd /lib/../x");
  EXPECT_EQ(parsed("/proc/181/fd/7"), "181 fd/7 ");
  EXPECT_EQ(parsed("/proc/181/map_files/7f00-7f10"), "181 map_files/7f00-7f10 ");
}

TEST(ProcPath, SelfThreadsAndOtherSpellings) {
  EXPECT_EQ(parsed("/proc/self/exe"), "42 exe ");
  EXPECT_EQ(parsed("/proc/thread-self/root/x"), "42 root /x");
  EXPECT_TRUE(parse_proc_path("/proc/self/exe", 42)->is_self);
  EXPECT_FALSE(parse_proc_path("/proc/42/exe", 42)->is_self);
  EXPECT_EQ(parsed("/proc/181/task/182/root/x"), "182 root /x");
  EXPECT_EQ(parsed("//proc/./181//exe"), "181 exe ");
  EXPECT_EQ(parse_proc_path("//proc/./181//root//x", 1)->path(), "/proc/181/root//x");
}

TEST(ProcPath, WhatIsNone) {
  for (const char* path : {"/proc", "/proc/181", "/proc/181/", "/proc/cpuinfo", "/proc/18x/exe", "/proc/-1/exe",
                           "/proc/0/exe", "/proc/181/../1/exe", "proc/181/exe", "/procs/181/exe", "/x/proc/181/exe", "",
                           "/proc/99999999999999999999/exe"})
    EXPECT_EQ(parsed(path), "none") << path;
}

}  // namespace
}  // namespace sonde::symbols
