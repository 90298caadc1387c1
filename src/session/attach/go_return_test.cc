// Returns of programs made by Go are seen by probes at their return instructions, or refused where that would miss
// some.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "session/attach/uprobe_fixture_test.h"

namespace sonde::session {
namespace {

using testing::HasSubstr;

class GoReturn : public Uprobe {
 protected:
  void SetUp() override {
    Uprobe::SetUp();
#ifndef __x86_64__
    GTEST_SKIP() << "the test's code is for x86-64";
#endif
  }
  // A program of C with the section by which programs of Go are known.
  std::string like_go(const std::string& name, const std::string& source) {
    std::string path = directory_.compile(name, "-O2 -fcf-protection=none", source);
    directory_.run(
        fmt::format("printf x > {0}.note; objcopy --add-section .note.go.buildid={0}.note {0} {0}.go", path));
    return path + ".go";
  }
  // The test's program with another probed().
  std::string with_probed(const std::string& name, const std::string& definition) {
    std::string source = kTargetSource;
    size_t start = source.find("__attribute__"), end = source.find('\n', start);
    return like_go(name, source.replace(start, end - start, definition));
  }
};

TEST_F(GoReturn, EveryReturnInstructionIsProbed) {
  std::string path = with_probed("many", R"(__attribute__((naked, noinline)) int probed(int value) {
    __asm__("test $1,%dil; jne 1f; lea 1(%rdi),%eax; ret; 1: cmp $7,%edi; je 2f; mov $0xc3c3,%eax; sub $0xc3c2,%eax;"
            "add %edi,%eax; repz ret; 2: mov $8,%eax; ret"); })");
  Target target(path);
  auto attached = session_->attach_uretprobe({path, "probed"}, "out");
  ASSERT_TRUE(attached) << attached.error().what;
  target.calls(23);
  EXPECT_EQ(count(1), 23u);
  EXPECT_EQ(count(2), 23u * 24 / 2);
  Session::Attachment record = session_->attachments()[0];
  EXPECT_EQ(record.wanted, "uretprobe:" + path + ":probed");
  EXPECT_THAT(record.chosen, testing::AnyOf("uprobe:" + path + ":probed", "uprobe_multi:" + path + ":probed"));
  EXPECT_THAT(record.why, HasSubstr("return instructions of a program made by Go"));
  ASSERT_TRUE(session_->detach("uretprobe", path + ":probed"));
  target.calls(5);
  EXPECT_EQ(count(1), 23u);
}

TEST_F(GoReturn, ManyFunctionsAndOnePlaceOfThem) {
  std::string path = like_go("plain", kTargetSource);
  Target target(path);
  auto many = session_->attach_uretprobes(path, "probed|other", "out");
  ASSERT_TRUE(many) << many.error().what;
  EXPECT_EQ(*many, 2u);
  target.calls(4);
  EXPECT_EQ(count(1), 8u);
}

TEST_F(GoReturn, AFunctionThatEndsInAnotherOneIsRefused) {
  std::string path = with_probed(
      "tail", R"(__attribute__((noinline)) int elsewhere(int value) { __asm__ volatile("nop"); return value; }
    __attribute__((naked, noinline)) int probed(int value) { __asm__("nop; jmp elsewhere"); })");
  auto refused = session_->attach_uretprobe({path, "probed"}, "out");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(refused.error().what, HasSubstr("is made by Go, whose stacks move"));
  EXPECT_THAT(refused.error().what, HasSubstr("by the jump at probed+0x1, whose return would not be seen"));
  EXPECT_THAT(refused.error().hint, HasSubstr("SONDE_GO_RETURN_PROBES=1"));
  Target target(path);
  ASSERT_TRUE(session_->attach_uprobe({path, "probed"}, "in"));
  target.calls(3);
  EXPECT_EQ(count(0), 3u);
}

TEST_F(GoReturn, CodeThatCannotBeReadIsRefused) {
  std::string path = with_probed("data", R"(__attribute__((naked, noinline)) int probed(int value) {
    __asm__("jmp 1f; .byte 0x48, 0xb8; 1: lea 1(%rdi),%eax; ret"); })");
  auto refused = session_->attach_uretprobe({path, "probed"}, "out");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("the return instructions of probed cannot be told with certainty"));
}

TEST_F(GoReturn, TheEnvironmentMayInsistOnTheKernelsProbe) {
  std::string path = like_go("insisted", kTargetSource);
  ::setenv("SONDE_GO_RETURN_PROBES", "1", 1);
  auto attached = session_->attach_uretprobe({path, "probed"}, "out");
  ::unsetenv("SONDE_GO_RETURN_PROBES");
  ASSERT_TRUE(attached) << attached.error().what;
  EXPECT_EQ(session_->attachments()[0].chosen, "uretprobe:" + path + ":probed");
  Target target(path);
  target.calls(3);
  EXPECT_EQ(count(1), 3u);
}

}  // namespace
}  // namespace sonde::session
