// Which hook is taken when the kernel lacks the one asked for; tracepoints that moved; who may load.
#include "bpf/hooks/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bpf/hooks/tracepoint_check.h"
#include "bpf/system/permission.h"

namespace sonde::bpf {
namespace {

spec::Program with_variants() {
  spec::Program program;
  program.name = program.symbol = "hello";
  program.variants = {{"fentry", "hello_fentry"}, {"syscall_enter", "hello_enter"}, {"syscall_exit", "hello_exit"}};
  return program;
}

Hook probe(HookKind kind, const char* target) { return {kind, target}; }

// What is tried; nothing where the choice fails.
std::vector<Candidate> candidates(const spec::Program& program, const Hook& wanted, const KernelTraits& traits) {
  auto found = alternatives(program, wanted, traits);
  return found ? found->candidates : std::vector<Candidate>();
}

TEST(Choice, TheHookAskedForIsTakenWhereTheKernelHasIt) {
  auto list = candidates(with_variants(), probe(HookKind::kKprobe, "__x64_sys_clone"),
                         {.has_kprobes = true, .has_fentry = true});
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list.front().hook.label(), "kprobe:__x64_sys_clone");
  EXPECT_EQ(list.front().symbol, "hello");
  EXPECT_EQ(list.front().why, "");
}

TEST(Choice, WithoutKprobesFentryThenTheSystemCallsTracepoint) {
  auto list = candidates(with_variants(), probe(HookKind::kKprobe, "__x64_sys_clone"),
                         {.has_kprobes = false, .has_fentry = true});
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].hook.label(), "fentry:__x64_sys_clone");
  EXPECT_EQ(list[0].symbol, "hello_fentry");
  EXPECT_EQ(list[1].hook.label(), "tracepoint:syscalls:sys_enter_clone");
  EXPECT_EQ(list[1].symbol, "hello_enter");
  EXPECT_THAT(list[1].why, testing::HasSubstr("no kprobes"));
}

TEST(Choice, ATrampolineAsksForTheFunctionByTheNameThatBtfKnows) {
  KernelTraits traits{.has_kprobes = true, .has_fentry = true};
  traits.trampoline_difference = [](const Hook&, const spec::Variant&) { return ""; };
  traits.trampoline_target = [](const std::string& name) {
    return name == "__x64_sys_getppid" ? "__do_sys_getppid" : name;
  };
  auto list = candidates(with_variants(), probe(HookKind::kKprobe, "__x64_sys_getppid"), traits);
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].hook.label(), "fentry:__do_sys_getppid");
  EXPECT_EQ(list[1].hook.label(), "kprobe:__x64_sys_getppid");
}

TEST(Choice, ReturnsHaveTheirOwn) {
  auto list = candidates(with_variants(), probe(HookKind::kKretprobe, "sys_clone"),
                         {.has_kprobes = false, .has_fentry = false});
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list.front().hook.label(), "tracepoint:syscalls:sys_exit_clone");
  EXPECT_EQ(list.front().symbol, "hello_exit");
}

TEST(Choice, AFunctionThatIsNoSystemCallHasNoTracepoint) {
  auto list =
      candidates(with_variants(), probe(HookKind::kKprobe, "vfs_read"), {.has_kprobes = false, .has_fentry = false});
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list.front().hook.label(), "kprobe:vfs_read");  // attaching says what is missing
}

TEST(Choice, CanBeForced) {
  auto forced =
      candidates(with_variants(), probe(HookKind::kKprobe, "sys_clone"), {.has_kprobes = true, .forced = "tracepoint"});
  ASSERT_EQ(forced.size(), 1u);
  EXPECT_EQ(forced.front().hook.kind, HookKind::kTracepoint);
  EXPECT_EQ(forced.front().why, "SONDE_ATTACH=tracepoint");
  auto impossible =
      alternatives({.name = "x", .symbol = "x"}, probe(HookKind::kKprobe, "vfs_read"), {.forced = "fentry"});
  ASSERT_FALSE(impossible);
  EXPECT_THAT(impossible.error().what, testing::HasSubstr("SONDE_ATTACH=fentry"));
  EXPECT_TRUE(alternatives(with_variants(), probe(HookKind::kTracepoint, "a:b"), {.forced = "kprobe"}));
}

KernelTraits modern(std::string difference) {
  KernelTraits traits{.has_kprobes = true, .has_fentry = true, .has_kprobe_multi = true};
  traits.trampoline_difference = [difference](const Hook&, const spec::Variant&) { return difference; };
  return traits;
}

TEST(Choice, ATrampolineIsTakenWhereItIsTheSame) {
  auto list = candidates(with_variants(), probe(HookKind::kKprobe, "vfs_read"), modern(""));
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].hook.label(), "fentry:vfs_read");
  EXPECT_EQ(list[0].symbol, "hello_fentry");
  EXPECT_EQ(list[0].why, "the same, and faster");
  EXPECT_EQ(list[1].hook.label(), "kprobe:vfs_read");
}

TEST(Choice, AKprobeSaysWhyItIsOne) {
  auto list = candidates(with_variants(), probe(HookKind::kKprobe, "vfs_read"), modern("it is another thing"));
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list.front().hook.label(), "kprobe:vfs_read");
  EXPECT_EQ(list.front().why, "it is another thing");
  EXPECT_EQ(candidates(with_variants(), probe(HookKind::kKretprobe, "vfs_read"), modern("")).size(),
            1u);  // has no such variant
}

TEST(Choice, AVariantThatCouldNotBeMadeIsNoneWithoutKprobes) {
  spec::Program program = with_variants();
  program.variants = {{.kind = "fentry", .symbol = "", .differs = "it reads a register"}};
  auto list = candidates(program, probe(HookKind::kKprobe, "vfs_read"), {.has_kprobes = false, .has_fentry = true});
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list.front().hook.kind, HookKind::kKprobe);
}

TEST(Choice, ATrampolineThatReadsTheFunctionTakesTheHelpersForThat) {
  spec::Program program = with_variants();
  KernelTraits traits = modern("");
  traits.has_function_arguments = false;
  EXPECT_EQ(candidates(program, probe(HookKind::kKprobe, "vfs_read"), traits).size(), 2u);  // it reads none
  program.variants[0].argument_bits = {0, 64};
  program.variants.push_back(
      {.kind = "fexit", .symbol = "hello_fexit", .differs = {}, .argument_bits = {}, .reads_result = true});
  for (HookKind kind : {HookKind::kKprobe, HookKind::kKretprobe}) {
    auto list = candidates(program, probe(kind, "vfs_read"), traits);
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list.front().hook.kind, kind);
    EXPECT_EQ(list.front().why, "this kernel's trampolines do not tell arguments and results");
  }
  auto without = candidates(program, probe(HookKind::kKprobe, "sys_clone"),
                            {.has_kprobes = false, .has_fentry = true, .has_function_arguments = false});
  ASSERT_EQ(without.size(), 1u);
  EXPECT_EQ(without.front().hook.label(), "tracepoint:syscalls:sys_enter_clone");
  EXPECT_EQ(without.front().why, "this kernel has no kprobes");
  EXPECT_EQ(candidates(program, probe(HookKind::kKretprobe, "vfs_read"), modern("")).size(), 2u);
}

TEST(Choice, KprobesAreMadeInTracefsWhereThePmuCannot) {
  Hook counted = probe(HookKind::kKretprobe, "vfs_read");
  counted.edit<KernelFunction>().maxactive = 100;
  EXPECT_EQ(candidates({}, counted, {}).front().hook.label(), "kretprobe_event:vfs_read");
  EXPECT_EQ(candidates({}, probe(HookKind::kKretprobe, "vfs_read"), {}).front().hook.label(), "kretprobe:vfs_read");
  KernelTraits old{.has_kprobe_pmu = false};
  EXPECT_EQ(candidates({}, probe(HookKind::kKprobe, "vfs_read"), old).front().hook.label(), "kprobe_event:vfs_read");
}

TEST(Choice, TrafficControlTakesALinkWhereTheKernelHasIt) {
  Hook egress{HookKind::kTc, "eth0", NetworkPlace{.is_egress = true}};
  auto list = candidates({}, egress, {.has_tcx = true});
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list.front().hook.label(), "tcx:eth0");
  EXPECT_TRUE(list.front().hook.as<NetworkPlace>().is_egress);
  EXPECT_EQ(candidates({}, egress, {.has_tcx = false}).front().hook.label(), "tc:eth0");
}

TEST(Choice, ManyFunctionsAreOneLink) {
  Hook request = probe(HookKind::kKretprobe, "2 functions");
  request.edit<KernelFunction>().names = {"vfs_read", "vfs_write"};
  auto list = candidates(with_variants(), request, modern(""));
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list.front().hook.label(), "kretprobe_multi:2 functions");
  EXPECT_EQ(list.front().symbol, "hello");
}

TEST(Choice, ManyFunctionsAreProbedOneByOneWhereALinkCannotBeHad) {
  Hook many{HookKind::kKprobe, "", KernelFunction{.names = {"vfs_read", "vfs_write"}}};
  auto found = alternatives(with_variants(), many, modern(""));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->candidates.size(), 1u);
  ASSERT_EQ(found->pieces.size(), 2u);
  EXPECT_EQ(found->pieces[1].label(), "kprobe:vfs_write");
  EXPECT_TRUE(found->pieces[1].as<KernelFunction>().names.empty());
  EXPECT_TRUE(candidates(with_variants(), many, {.has_kprobe_multi = false}).empty());
  EXPECT_TRUE(candidates(with_variants(), many, {.has_kprobe_multi = true, .forced = "kprobe"}).empty());
  KernelTraits traits = modern("");
  traits.is_one_function = [](const std::string& name) { return name == "vfs_write"; };
  EXPECT_EQ(candidates(with_variants(), many, traits).front().hook.as<KernelFunction>().names,
            std::vector<std::string>{"vfs_write"});
  many.edit<KernelFunction>().maxactive = 9;
  EXPECT_TRUE(candidates(with_variants(), many, modern("")).empty());
}

// Only a kprobe's link has a cookie.
TEST(Choice, FunctionsKeepTheirCookies) {
  Hook many{HookKind::kKprobe, "", KernelFunction{.names = {"vfs_read", "vfs_write"}, .cookies = {7, 8}}};
  KernelTraits traits = modern("");
  traits.is_one_function = [](const std::string& name) { return name == "vfs_write"; };
  auto found = alternatives(with_variants(), many, traits);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->candidates.front().hook.as<KernelFunction>().cookies, (std::vector<uint64_t>{7, 8}));
  ASSERT_EQ(found->pieces.size(), 2u);
  EXPECT_EQ(found->pieces[1].as<KernelFunction>().cookie, 8u);
  auto one = candidates(with_variants(), found->pieces[1], modern(""));
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one.front().hook.label(), "kprobe:vfs_write");
}

Hook places(HookKind kind, size_t count) {
  UserProbe probe{.path = "/no/libc.so.6", .places = std::vector<UserProbe::Place>(count)};
  return {kind, "c:/str.*/", probe};
}

TEST(Choice, ManyPlacesGoInOneLinkWhereTheKernelHasIt) {
  auto list = candidates({.name = "x", .symbol = "x"}, places(HookKind::kUretprobe, 120), {.has_uprobe_multi = true});
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].hook.label(), "uretprobe_multi:c:/str.*/");
  EXPECT_EQ(list[0].why, "120 places in one link");
  EXPECT_EQ(list[1].hook.label(), "uretprobe:c:/str.*/");
  EXPECT_EQ(candidates({}, places(HookKind::kUsdt, 2), {.has_uprobe_multi = true}).front().hook.kind,
            HookKind::kUprobeMulti);
}

TEST(Choice, OnePlaceOrAnOldKernelMakesEvents) {
  EXPECT_EQ(candidates({}, places(HookKind::kUprobe, 1), {.has_uprobe_multi = true}).front().hook.kind,
            HookKind::kUprobe);
  EXPECT_EQ(candidates({}, places(HookKind::kUprobe, 2), {.has_uprobe_multi = false}).front().hook.kind,
            HookKind::kUprobe);
  EXPECT_EQ(
      candidates({}, places(HookKind::kUprobe, 2), {.has_uprobe_multi = true, .forced = "uprobe"}).front().hook.kind,
      HookKind::kUprobe);
}

kernel::EventFormat running_format() {
  return *kernel::parse_format(
      "name: clone\nID: 9\nformat:\n\tfield:int a;\toffset:8;\tsize:4;\tsigned:1;\n"
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
