// Which hook is taken when the kernel lacks the one asked for; tracepoints that moved; who may load.
#include "bpf/choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bpf/permission.h"
#include "bpf/tracepoint_check.h"

namespace sonde::bpf {
namespace {

spec::Program with_variants() {
  spec::Program program;
  program.name = program.symbol = "hello";
  program.variants = {{"fentry", "hello_fentry"}, {"syscall_enter", "hello_enter"}, {"syscall_exit", "hello_exit"}};
  return program;
}

HookRequest probe(const char* kind, const char* target) { return {kind, target}; }

TEST(Choice, TheHookAskedForIsTakenWhereTheKernelHasIt) {
  auto list = candidates(with_variants(), probe("kprobe", "__x64_sys_clone"), {.has_kprobes = true, .has_fentry = true});
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().request.label(), "kprobe:__x64_sys_clone");
  EXPECT_EQ(list->front().symbol, "hello");
  EXPECT_EQ(list->front().why, "");
}

TEST(Choice, WithoutKprobesFentryThenTheSystemCallsTracepoint) {
  auto list = candidates(with_variants(), probe("kprobe", "__x64_sys_clone"), {.has_kprobes = false, .has_fentry = true});
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].request.label(), "fentry:__x64_sys_clone");
  EXPECT_EQ((*list)[0].symbol, "hello_fentry");
  EXPECT_EQ((*list)[1].request.label(), "tracepoint:syscalls:sys_enter_clone");
  EXPECT_EQ((*list)[1].symbol, "hello_enter");
  EXPECT_THAT((*list)[1].why, testing::HasSubstr("no kprobes"));
}

TEST(Choice, ATrampolineAsksForTheFunctionByTheNameThatBtfKnows) {
  KernelTraits traits{.has_kprobes = true, .has_fentry = true};
  traits.trampoline_difference = [](const HookRequest&, const spec::Variant&) { return ""; };
  traits.trampoline_target = [](const std::string& name) { return name == "__x64_sys_getppid" ? "__do_sys_getppid" : name; };
  auto list = candidates(with_variants(), probe("kprobe", "__x64_sys_getppid"), traits);
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].request.label(), "fentry:__do_sys_getppid");
  EXPECT_EQ((*list)[1].request.label(), "kprobe:__x64_sys_getppid");
}

TEST(Choice, ReturnsHaveTheirOwn) {
  auto list = candidates(with_variants(), probe("kretprobe", "sys_clone"), {.has_kprobes = false, .has_fentry = false});
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().request.label(), "tracepoint:syscalls:sys_exit_clone");
  EXPECT_EQ(list->front().symbol, "hello_exit");
}

TEST(Choice, AFunctionThatIsNoSystemCallHasNoTracepoint) {
  auto list = candidates(with_variants(), probe("kprobe", "vfs_read"), {.has_kprobes = false, .has_fentry = false});
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().request.label(), "kprobe:vfs_read");  // attaching says what is missing
}

TEST(Choice, CanBeForced) {
  auto forced = candidates(with_variants(), probe("kprobe", "sys_clone"), {.has_kprobes = true, .forced = "tracepoint"});
  ASSERT_EQ(forced->size(), 1u);
  EXPECT_EQ(forced->front().request.kind, "tracepoint");
  EXPECT_EQ(forced->front().why, "SONDE_ATTACH=tracepoint");
  auto impossible = candidates({.name = "x", .symbol = "x"}, probe("kprobe", "vfs_read"), {.forced = "fentry"});
  ASSERT_FALSE(impossible);
  EXPECT_THAT(impossible.error().what, testing::HasSubstr("SONDE_ATTACH=fentry"));
  EXPECT_TRUE(candidates(with_variants(), probe("tracepoint", "a:b"), {.forced = "kprobe"}));
}

KernelTraits modern(std::string difference) {
  KernelTraits traits{.has_kprobes = true, .has_fentry = true, .has_kprobe_multi = true};
  traits.trampoline_difference = [difference](const HookRequest&, const spec::Variant&) { return difference; };
  return traits;
}

TEST(Choice, ATrampolineIsTakenWhereItIsTheSame) {
  auto list = candidates(with_variants(), probe("kprobe", "vfs_read"), modern(""));
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].request.label(), "fentry:vfs_read");
  EXPECT_EQ((*list)[0].symbol, "hello_fentry");
  EXPECT_EQ((*list)[0].why, "the same, and faster");
  EXPECT_EQ((*list)[1].request.label(), "kprobe:vfs_read");
}

TEST(Choice, AKprobeSaysWhyItIsOne) {
  auto list = candidates(with_variants(), probe("kprobe", "vfs_read"), modern("it is another thing"));
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().request.label(), "kprobe:vfs_read");
  EXPECT_EQ(list->front().why, "it is another thing");
  EXPECT_EQ(candidates(with_variants(), probe("kretprobe", "vfs_read"), modern(""))->size(), 1u);  // has no such variant
}

TEST(Choice, AVariantThatCouldNotBeMadeIsNoneWithoutKprobes) {
  spec::Program program = with_variants();
  program.variants = {{.kind = "fentry", .symbol = "", .differs = "it reads a register"}};
  auto list = candidates(program, probe("kprobe", "vfs_read"), {.has_kprobes = false, .has_fentry = true});
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().request.kind, "kprobe");
}

TEST(Choice, ManyFunctionsAreOneLink) {
  HookRequest request = probe("kretprobe", "2 functions");
  request.functions = {"vfs_read", "vfs_write"};
  auto list = candidates(with_variants(), request, modern(""));
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().request.label(), "kretprobe_multi:2 functions");
  EXPECT_EQ(list->front().symbol, "hello");
}

HookRequest places(const char* kind, size_t count) {
  HookRequest request{kind, "c:/str.*/"};
  request.user = {"/lib/libc.so.6", std::vector<UserPlace>(count)};
  return request;
}

TEST(Choice, ManyPlacesGoInOneLinkWhereTheKernelHasIt) {
  auto list = candidates({.name = "x", .symbol = "x"}, places("uretprobe", 120), {.has_uprobe_multi = true});
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].request.label(), "uretprobe_multi:c:/str.*/");
  EXPECT_EQ((*list)[0].why, "120 places in one link");
  EXPECT_EQ((*list)[1].request.label(), "uretprobe:c:/str.*/");
  EXPECT_EQ(candidates({}, places("usdt", 2), {.has_uprobe_multi = true})->front().request.kind, "uprobe_multi");
}

TEST(Choice, OnePlaceOrAnOldKernelMakesEvents) {
  EXPECT_EQ(candidates({}, places("uprobe", 1), {.has_uprobe_multi = true})->front().request.kind, "uprobe");
  EXPECT_EQ(candidates({}, places("uprobe", 2), {.has_uprobe_multi = false})->front().request.kind, "uprobe");
  EXPECT_EQ(candidates({}, places("uprobe", 2), {.has_uprobe_multi = true, .forced = "uprobe"})->front().request.kind, "uprobe");
}

kernel::EventFormat running_format() {
  return *kernel::parse_format("name: clone\nID: 9\nformat:\n\tfield:int a;\toffset:8;\tsize:4;\tsigned:1;\n"
                               "\tfield:__data_loc char[] name;\toffset:12;\tsize:4;\tsigned:0;\n");
}

TEST(TracepointCheck, TheSameFieldsPass) {
  EXPECT_TRUE(check_tracepoint({"x", "clone", {{"a", 8, 4}, {"data_loc_name", 12, 4}}}, running_format()));
  EXPECT_TRUE(check_tracepoint({"x", "clone", {}}, running_format()));
}

TEST(TracepointCheck, NamesTheFieldThatChanged) {
  EXPECT_EQ(check_tracepoint({"x", "clone", {{"a", 16, 4}}}, running_format()).error().what,
            "tracepoint x:clone: the field a moved from byte 16 to byte 8");
  EXPECT_EQ(check_tracepoint({"x", "clone", {{"a", 8, 8}}}, running_format()).error().what,
            "tracepoint x:clone: the field a has 4 bytes in this kernel, 8 when it was compiled");
  EXPECT_EQ(check_tracepoint({"x", "clone", {{"nam", 12, 4}}}, running_format()).error().what,
            "tracepoint x:clone: this kernel's has no field nam; nearest: name");
}

TEST(Permission, ReadsTheLockdownMode) {
  EXPECT_EQ(lockdown_mode("[none] integrity confidentiality\n"), "none");
  EXPECT_EQ(lockdown_mode("none [integrity] confidentiality\n"), "integrity");
  EXPECT_EQ(lockdown_mode(""), "none");
}

TEST(KernelName, DropsThePrefixAndFits) {
  EXPECT_EQ(kernel_name("kprobe__vfs_read"), "vfs_read");
  EXPECT_EQ(kernel_name("kfunc__vmlinux__tcp_connect"), "tcp_connect");
  EXPECT_EQ(kernel_name("tracepoint__syscalls__sys_enter_openat"), "syscalls__sys_e");
  EXPECT_EQ(kernel_name("hello"), "hello");
}

}  // namespace
}  // namespace sonde::bpf
