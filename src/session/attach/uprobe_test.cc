// Probes in user programs of every make count every call, of the processes that they are for, and say what they cannot
// do.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "session/attach/uprobe_fixture_test.h"

namespace sonde::session {
namespace {

using bpf::test_program;
using testing::HasSubstr;

TEST_F(Uprobe, ProgramsOfEveryMake) {
  expect_counts(pie());
  expect_counts(fixed());
  expect_counts(directory_.compile("static", "-static"));
  expect_counts(directory_.compile("static_pie", "-static-pie"));
  expect_counts(directory_.compile("own_segment", "-no-pie -fno-pie -Wl,-z,separate-code,-Ttext-segment=0x70000000"));
}

// What strchr() and its kin begin with on machines with AVX2: Linux takes it for `out`.
TEST_F(Uprobe, AFunctionThatBeginsWithVectorInstructions) {
#ifndef __x86_64__
  GTEST_SKIP() << "x86 only";
#endif
  std::string source = kTargetSource;
  size_t start = source.find("__attribute__"), end = source.find('\n', start);
  source.replace(start, end - start,
                 "__attribute__((naked, noinline)) int probed(int value) {"
                 " __asm__(\"vmovd %edi,%xmm1; vpxor %xmm0,%xmm0,%xmm0; lea 1(%rdi),%eax; ret\"); }");
  expect_counts(shared_directory().compile("vectors", "", source));
}

TEST_F(Uprobe, AStrippedProgramWithItsDebugFile) {
  std::string path = directory_.compile("stripped", "");
  directory_.run(
      fmt::format("cd {}; objcopy --only-keep-debug stripped stripped.debug; strip stripped; "
                  "objcopy --add-gnu-debuglink=stripped.debug stripped",
                  directory_ / ""));
  expect_counts(path);
  std::filesystem::remove(directory_ / "stripped.debug");
  auto without = session_->attach_uprobe({path, "probed"}, "in");
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(without.error().hint, HasSubstr("stripped file without its debug file"));
}

TEST_F(Uprobe, ALibraryThatIsPrelinked) {
  std::string library = directory_.compile("libprobed.so", "-shared -fPIC -Wl,-Ttext-segment=0x3000000",
                                           "__attribute__((noinline)) int probed(int value) { return value + 1; }\n");
  std::string source(kTargetSource);
  size_t body = source.find("{ __asm__");
  source.replace(body, source.find('}', body) - body + 1, ";");
  source.erase(source.find("__attribute__((noinline)) int probed"), std::strlen("__attribute__((noinline)) "));
  std::string path = directory_.compile("linked", fmt::format("{0} -Wl,-rpath,{1}", library, directory_ / ""), source);
  Target target(path);
  auto attached = session_->attach_uprobe({library, "probed"}, "in");
  ASSERT_TRUE(attached) << attached.error().what;
  target.calls(23);
  EXPECT_EQ(count(0), 23u);
  auto by_name = session_->attach_uprobe({"probed", "probed", 0, 0, target.pid()}, "in");
  ASSERT_TRUE(by_name) << by_name.error().what;  // found in what the process has mapped, and nowhere else
  target.calls(10);
  EXPECT_EQ(count(0), 43u);
  EXPECT_FALSE(session_->attach_uprobe({"probed", "probed"}, "in"));
}

TEST_F(Uprobe, OffsetsAddressesAndTargets) {
  const std::string& path = fixed();
  uint64_t address = 0;
  directory_.run(fmt::format("nm {0} | grep ' probed$' > {0}.address", path));
  std::ifstream(path + ".address") >> std::hex >> address;
  ASSERT_NE(address, 0u);
  Target target(path);
  ASSERT_TRUE(session_->attach_uprobe({path, "", address}, "in"));
  target.calls(1);
  EXPECT_EQ(count(0), 1u);
  ASSERT_TRUE(session_->attach_uprobe({path, "", address, 1}, "in"));  // the second nop
  target.calls(1);
  EXPECT_EQ(count(0), 3u);
  ASSERT_TRUE(session_->attach_uprobe({path, "probed", 0, 1}, "in"));
  target.calls(1);
  EXPECT_EQ(count(0), 6u);
  uint64_t offset = address - 0x400000;  // where ld(1) puts a fixed program
  ASSERT_TRUE(session_->attach_uprobe({path, "", 0, offset}, "in"));
  target.calls(1);
  EXPECT_EQ(count(0), 10u);
  std::vector<std::string> wanted;
  for (const auto& each : session_->attachments()) wanted.push_back(each.wanted);
  EXPECT_THAT(wanted,
              testing::ElementsAre(fmt::format("uprobe:{}:{:#x}", path, offset),
                                   fmt::format("uprobe:{}:{:#x}", path, offset + 1), "uprobe:" + path + ":probed+0x1",
                                   fmt::format("uprobe:{}:{:#x}", path, offset)));
  ASSERT_TRUE(session_->detach("uprobe", path + ":probed+0x1"));
  target.calls(1);
  EXPECT_EQ(count(0), 13u);
  ASSERT_TRUE(session_->detach("uprobe", fmt::format("{}:{:#x}", path, offset)));
  target.calls(1);
  EXPECT_EQ(count(0), 14u);
}

TEST_F(Uprobe, OneProcessOnly) {
  const std::string& path = pie();
  Target one(path), two(path);
  auto attached = session_->attach_uprobe({path, "probed", 0, 0, one.pid()}, "in");
  ASSERT_TRUE(attached) << attached.error().what;
  one.calls(23);
  two.calls(11);
  EXPECT_EQ(count(0), 23u);
  ASSERT_TRUE(session_->detach("uprobe", fmt::format("{}:probed pid {}", path, one.pid())));
  // Before Linux 6.12 a return probe is seen by every process that has any probe at the function.
  auto many = session_->attach_uretprobes(path, "probed|other", "out", two.pid());
  ASSERT_TRUE(many) << many.error().what;
  EXPECT_EQ(*many, 2u);
  one.calls(23);
  two.calls(11);
  EXPECT_EQ(count(0), 23u);
  EXPECT_EQ(count(1), 22u);
}

std::string hundred_functions() {
  std::string source = "#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n", calls;
  for (int i = 0; i < 120; i++) {
    source += fmt::format(
        "__attribute__((noinline)) int step_{}(int x) {{ __asm__ volatile(\"nop\"); return x + {}; }}\n", i, i);
    calls += fmt::format("step_{}(1);", i);
  }
  return source +
         "int alias(int) __attribute__((alias(\"step_7\")));\nint main(void) { char line[32]; while (fgets(line, 32, stdin)) { "
         "for (int i = atoi(line); i > 0; i--) {" +
         calls + "} if (write(1, \"+\", 1) != 1) return 1; } return 0; }\n";
}

class ManyUprobes : public Uprobe, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    Uprobe::SetUp();
    if (GetParam()) {
      NEEDS("uprobe_multi");
    } else {
      ::setenv("SONDE_ATTACH", "uprobe", 1);
    }
  }
  void TearDown() override { ::unsetenv("SONDE_ATTACH"); }
};
INSTANTIATE_TEST_SUITE_P(OneLinkOrMany, ManyUprobes, testing::Bool(),
                         [](const auto& is_multi) { return is_multi.param ? "OneLink" : "Events"; });

TEST_P(ManyUprobes, AHundredFunctionsByPattern) {
  std::string path = directory_.compile("many", "", hundred_functions());
  Target target(path);
  // Recent kernels take a tenth of a second to give up each event: ten of them will do there.
  bool all = GetParam() || !kernel::has_feature("uprobe_multi");
  std::string pattern = all ? "step_[0-9]+|alias" : "step_[0-9]|alias";
  uint64_t places = all ? 120 : 10;
  auto entry = session_->attach_uprobes(path, pattern, "in");
  ASSERT_TRUE(entry) << entry.error().what;
  EXPECT_EQ(*entry, places);
  auto on_return = session_->attach_uretprobes(path, "step_[1-5]", "out");
  ASSERT_TRUE(on_return) << on_return.error().what;
  EXPECT_EQ(*on_return, 5u);
  target.calls(23);
  EXPECT_EQ(count(0), 23u * places);
  EXPECT_EQ(count(1), 23u * 5);
  Session::Attachment first = session_->attachments()[0];
  EXPECT_EQ(first.wanted, "uprobe:" + path + ":/" + pattern + "/");
  EXPECT_EQ(first.chosen, GetParam() ? "uprobe_multi:" + path + ":/" + pattern + "/" : first.wanted);
  ASSERT_TRUE(session_->detach("uprobe", path + ":/" + pattern + "/"));
  target.calls(1);
  EXPECT_EQ(count(0), 23u * places);
  EXPECT_EQ(count(1), 24u * 5);
}

TEST_P(ManyUprobes, OnePlaceOfManyIsDetached) {
  const std::string& path = fixed();
  Target target(path);
  std::vector<uint64_t> offsets;
  for (const char* name : {"probed", "other"}) {
    ASSERT_TRUE(session_->attach_uprobe({path, name}, "out"));
    directory_.run(fmt::format("nm {0} | grep ' {1}$' > {0}.address", path, name));
    std::ifstream(path + ".address") >> std::hex >> offsets.emplace_back();
    offsets.back() -= 0x400000;
  }
  auto attached = session_->attach_uprobes_at(path, offsets, "in");
  ASSERT_TRUE(attached) << attached.error().what;
  target.calls(10);
  EXPECT_EQ(count(0), 20u);
  ASSERT_TRUE(session_->detach("uprobe", fmt::format("{}:{:#x}", path, offsets[0]), "in"));
  target.calls(10);
  EXPECT_EQ(count(0), 30u);
  ASSERT_TRUE(session_->detach("uprobe", fmt::format("{}:{:#x}", path, offsets[1]), "in"));
  EXPECT_FALSE(session_->detach("uprobe", fmt::format("{}:{:#x}", path, offsets[1]), "in"));
  target.calls(10);
  EXPECT_EQ(count(0), 30u);
}

TEST_F(Uprobe, LibrariesByName) {
  auto entry = session_->attach_uprobe({"c", "getpriority", 0, 0, ::getpid()}, "in");
  ASSERT_TRUE(entry) << entry.error().what;
  EXPECT_EQ(session_->attachments()[0].chosen, fmt::format("uprobe:c:getpriority pid {}", ::getpid()));
  for (int i = 0; i < 23; i++) (void)::getpriority(PRIO_PROCESS, 0);
  EXPECT_EQ(count(0), 23u);
  EXPECT_FALSE(session_->detach("uprobe", "c:getpriority"));
  EXPECT_TRUE(session_->detach("uprobe", fmt::format("c:getpriority pid {}", ::getpid())));
  (void)::getpriority(PRIO_PROCESS, 0);
  EXPECT_EQ(count(0), 23u);
}

TEST_F(Uprobe, IndirectFunctionsAreSeenWhereCallsArrive) {
  std::string path = directory_.compile("user", "-fno-builtin", R"(
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
size_t (*volatile length)(const char *) = strlen;  // strlen() is pure: one call would do
int main(void) { char line[32]; while (fgets(line, sizeof line, stdin)) {
  for (int i = atoi(line); i > 0; i--) if (length(line) > 99) return 1;
  if (write(1, "+", 1) != 1) return 2; } return 0; }
)");
  Target target(path);
  auto attached = session_->attach_uprobe({"c", "strlen", 0, 0, target.pid()}, "in");
  ASSERT_TRUE(attached) << attached.error().what;
  target.calls(23);
  EXPECT_EQ(count(0), 23u);
}

TEST_F(Uprobe, IndirectFunctionsThatWeHaveNotLoadedAreRefused) {
  std::string path = directory_.compile("indirect", "", R"(
static int one(void) { return 1; }
static int (*choose(void))(void) { return one; }
int chosen(void) __attribute__((ifunc("choose")));
int main(void) { return chosen(); }
)");
  auto refused = session_->attach_uprobe({path, "chosen"}, "in");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(refused.error().what, HasSubstr("chosen when a program starts (IFUNC)"));
}

TEST_F(Uprobe, NamesOfCxx) {
  std::string path = directory_.compile("cxx", "", R"(
#include <cstdio>
#include <cstdlib>
#include <unistd.h>
namespace ns { struct Thing { __attribute__((noinline)) int run(int x) { asm volatile("nop"); return x; }
  __attribute__((noinline)) int twice(int x) { asm volatile("nop"); return x; }
  __attribute__((noinline)) int twice(char x) { asm volatile("nop"); return x; } }; }
int main() { char line[32]; ns::Thing thing; while (fgets(line, 32, stdin)) {
  for (int i = atoi(line); i > 0; i--) { thing.run(i); thing.twice(i); thing.twice('a'); }
  if (write(1, "+", 1) != 1) return 1; } }
)",
                                        ".cc");
  Target target(path);
  auto attached = session_->attach_uprobe({path, "ns::Thing::run"}, "in");
  ASSERT_TRUE(attached) << attached.error().what;
  ASSERT_TRUE(session_->attach_uprobe({path, "_ZN2ns5Thing3runEi"}, "in"));
  ASSERT_TRUE(session_->attach_uprobe({path, "ns::Thing::twice(char)"}, "in"));
  target.calls(10);
  EXPECT_EQ(count(0), 30u);
  auto both = session_->attach_uprobe({path, "ns::Thing::twice"}, "in");
  ASSERT_TRUE(both) << both.error().what;
  target.calls(10);
  EXPECT_EQ(count(0), 30u + 30u + 20u);
  EXPECT_THAT(session_->attach_uprobe({path, "ns::Thing::runn"}, "in").error().what,
              HasSubstr("nearest: ns::Thing::run"));
}

TEST_F(Uprobe, AProcessWithItsOwnMounts) {
  std::string path = pie(), hidden = directory_ / "hidden";
  std::filesystem::create_directory(hidden);
  auto enter = [&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(1);
    if (::mount("tmpfs", hidden.c_str(), "tmpfs", 0, nullptr) != 0) ::_exit(2);
    std::filesystem::copy_file(path, hidden + "/program");
    std::filesystem::create_symlink(hidden + "/program", hidden + "/link");
  };
  Target target(hidden + "/program", enter), unseen(path);
  auto attached = session_->attach_uprobe({hidden + "/link", "probed", 0, 0, target.pid()}, "in");
  ASSERT_TRUE(attached) << attached.error().what;
  target.calls(23);
  unseen.calls(5);
  EXPECT_EQ(count(0), 23u);
  EXPECT_EQ(session_->attach_uprobe({hidden + "/program", "probed"}, "in").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(session_->attach_uprobe({"c", "write", 0, 0, target.pid()}, "in"));
}

TEST_F(Uprobe, TwiceTheSameProgramAtOnePlace) {
  const std::string& path = pie();
  Target target(path);
  ASSERT_TRUE(session_->attach_uprobe({path, "probed"}, "in"));
  ASSERT_TRUE(session_->attach_uprobe({path, "probed"}, "in"));
  target.calls(4);
  EXPECT_EQ(count(0), 8u);
}

TEST_F(Uprobe, WhatCannotBeProbedIsNamed) {
  const std::string& path = pie();
  EXPECT_EQ(session_->attach_uprobe({path, "probde"}, "in").error().what,
            fmt::format("uprobe {0}:probde: {0}: no function probde; nearest: probed", path));
  auto in_the_middle =
      session_->attach_uprobe({path, "probed", 0, 3}, "in");  // two nops, and an instruction of several bytes
  ASSERT_FALSE(in_the_middle);
  EXPECT_THAT(in_the_middle.error().what, HasSubstr(path + ": no instruction starts at probed+0x3"));
  EXPECT_THAT(session_->attach_uprobe({path, "", 0, 4}, "in").error().what,
              HasSubstr("the offset 0x4 lies outside of the file's code"));
  EXPECT_THAT(session_->attach_uprobe({path, "", 0xdeadbeef}, "in").error().what,
              HasSubstr("0xdeadbeef lies outside of the file"));
  EXPECT_THAT(session_->attach_uprobe({directory_ / "none", "f"}, "in").error().what, HasSubstr("No such file"));
  EXPECT_THAT(session_->attach_uprobe({directory_ / "", "f"}, "in").error().what, HasSubstr("regular file"));
  EXPECT_EQ(session_->attach_uprobe({path, "probed", 0, 0, INT_MAX}, "in").error().what,
            fmt::format("uprobe {}:probed: no process {}", path, INT_MAX));
  EXPECT_EQ(session_->attach_uprobes(path, "nothing.*", "in").error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(session_->attach_uprobes(path, "(", "in").error().what, HasSubstr("not a regular expression"));
}

TEST(UprobeSection, SaysWhereToAttach) {
  NEEDS("uprobe");
  const std::string& path = pie();
  auto session = load_test(kUprobePrograms, {test_program("in", "uprobe", path + ":probed+0x1"),
                                             test_program("out", "uretprobe", path + ":probed")});
  ASSERT_TRUE(session) << session.error().what;
  auto attached = session->attach_all();
  ASSERT_TRUE(attached) << attached.error().what;
  Target target(path);
  target.calls(6);
  for (uint32_t slot : {0u, 1u}) {
    uint64_t value = 0;
    ASSERT_TRUE(session->map("counts")->lookup(&slot, &value));
    EXPECT_EQ(value, 6u);
  }
  auto nowhere = load_test(kUprobePrograms, {test_program("in", "uprobe", "somewhere")});
  ASSERT_TRUE(nowhere);
  EXPECT_THAT(nowhere->attach_all().error().what, HasSubstr("not of the form BINARY:FUNCTION"));
}

}  // namespace
}  // namespace sonde::session
