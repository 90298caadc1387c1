// What specifications stand for: this machine's kernel and C library, and made files.
#include "probes/targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/directory_test.h"
#include "base/file.h"
#include "kernel/functions.h"
#include "kernel/kallsyms.h"
#include "kernel/needs_test.h"
#include "kernel/probe_functions.h"
#include "kernel/syscalls.h"
#include "probes/parse.h"
#include "probes/related_name.h"
#include "probes/report.h"
#include "usdt/file_test.h"

namespace sonde::probes {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Parsed<Targets> find(Tool tool, const std::string& text, ParseOptions options = {}, int pid = -1) {
  options.tool = tool;
  auto spec = parse(text, options);
  if (!spec) return tl::unexpected(spec.error());
  return find_targets(*spec, pid);
}

std::vector<std::string> names(const Parsed<Targets>& found) {
  std::vector<std::string> all;
  if (!found) return {"error: " + found.error().message};
  for (const Target& each : found->targets) all.push_back(each.name);
  return all;
}

std::string related(std::string_view wanted, std::initializer_list<std::string_view> offered) {
  RelatedName search(wanted);
  for (std::string_view each : offered) search.offer(each);
  return search.best();
}

TEST(RelatedName, FindsWhatWasMeant) {
  EXPECT_EQ(related("tcp_drop", {"tcp_prop", "tcp_drop_reason", "tcp_drop_reason_more"}), "tcp_drop_reason");
  EXPECT_EQ(related("vfs_raed", {"vfs_read", "do_vfs"}), "vfs_read");
  EXPECT_EQ(related("ip_queue_xmit", {"ip_queue_xmit.isra.0"}), "ip_queue_xmit.isra.0");
  EXPECT_EQ(related("sched_fork", {"task:sched_fork", "x"}), "task:sched_fork");
  EXPECT_EQ(related("do", {"do_sys_open"}), "");
  EXPECT_EQ(related("vfs_read", {"schedule"}), "");
}

TEST(Tracepoints, AreThoseOfTracefs) {
  NEEDS("tracefs");
  EXPECT_THAT(names(find(Tool::kTrace, "t:sched:sched_switch")), ElementsAre("sched:sched_switch"));
  auto many = find(Tool::kFunccount, "t:sched:sched_process_*");
  EXPECT_THAT(names(many), Contains("sched:sched_process_exec"));
  EXPECT_THAT(names(many), Contains("sched:sched_process_exit"));
  EXPECT_THAT(names(many), testing::Not(Contains("sched:sched_switch")));
  EXPECT_THAT(names(find(Tool::kFunccount, "t:*:sched_switch")), ElementsAre("sched:sched_switch"));
  EXPECT_THAT(names(find(Tool::kFunccount, "t:sched:sched_(switch|wakeup)", {.regex = true})),
              ElementsAre("sched:sched_switch", "sched:sched_wakeup"));
  EXPECT_THAT(names(find(Tool::kTplist, "sched:sched_sw*")), Contains("sched:sched_switch"));
}

TEST(Tracepoints, MissingOnesNameTheNearest) {
  NEEDS("tracefs");
  std::string text = "t:sched:sched_swich (args->prev_pid)";
  auto found = find(Tool::kTrace, text);
  ASSERT_FALSE(found);
  EXPECT_EQ(render("trace", text, found.error()),
            "trace: there is no tracepoint sched:sched_swich\n"
            "  t:sched:sched_swich (args->prev_pid)\n"
            "          ^~~~~~~~~~~\n"
            "hint: sched:sched_switch exists");
  EXPECT_EQ(find(Tool::kFunccount, "t:nothing:*").error().message, "no tracepoint matches nothing:*");
}

TEST(KernelFunctions, AreFoundByName) {
  auto symbols = kernel::Kallsyms::running();
  kernel::Kallsyms::Symbol symbol;
  ASSERT_TRUE(symbols && (*symbols)->find("vfs_read", symbol));
  auto found = find(Tool::kTrace, "vfs_read+4");
  ASSERT_THAT(names(found), ElementsAre("vfs_read"));
  EXPECT_EQ(found->targets[0].address, symbol.address);
  EXPECT_EQ(found->targets[0].offset, 4u);
}

TEST(KernelFunctions, MissingOnesNameTheNearest) {
  std::string text = "p::vfs_raed(int fd) (fd > 1)";
  auto found = find(Tool::kTrace, text);
  ASSERT_FALSE(found);
  EXPECT_EQ(render("trace", text, found.error()),
            "trace: this kernel has no function vfs_raed\n"
            "  p::vfs_raed(int fd) (fd > 1)\n"
            "     ^~~~~~~~\n"
            "hint: vfs_read exists");
  EXPECT_EQ(found.error().kind, ErrorKind::kNotFound);
}

TEST(KernelFunctions, SystemCallsMayHaveAnotherKernelsName) {
  std::string here = fmt::format("{}openat", kernel::expected_syscall_prefix());
  EXPECT_THAT(names(find(Tool::kTrace, "sys_openat")), ElementsAre(here));
  EXPECT_THAT(names(find(Tool::kTrace, "__arm64_sys_openat")), ElementsAre(here));
  EXPECT_THAT(names(find(Tool::kTrace, "p::SyS_openat(int dfd)")), ElementsAre(here));
  EXPECT_EQ(find(Tool::kTrace, "openat").error().hint, "the system call's function is " + here);
}

TEST(KernelFunctions, PatternsMatchAllThatKallsymsHasAndSayWhatIsLeftOut) {
  auto found = find(Tool::kFunccount, "vfs_*");
  auto symbols = kernel::Kallsyms::running();
  ASSERT_TRUE(symbols && found);
  std::set<std::string> all;
  for (size_t i = 0; i < (*symbols)->size(); i++) {
    auto symbol = (**symbols)[i];
    if (kernel::is_function_type(symbol.type) && symbol.module != "bpf" && symbol.name.starts_with("vfs_"))
      all.emplace(symbol.name);
  }
  size_t left_out = 0;
  for (const LeftOut& each : found->left_out) left_out += each.count;
  EXPECT_THAT(names(found), Contains("vfs_read"));
  EXPECT_GT(all.size(), 20u);
  EXPECT_EQ(found->targets.size() + left_out, all.size()) << summary_of(found->left_out);
}

TEST(KernelFunctions, NothingMatches) {
  auto found = find(Tool::kFunccount, "no_such_function_*");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "no function of the kernel matches no_such_function_*");
  EXPECT_EQ(found.error().place, (Place{0, 18}));
}

TEST(KernelFunctions, OnesOfPerfAreLeftOutAndCounted) {
  auto listed =
      kernel::probe_functions([](std::string_view name, std::string_view) { return name.starts_with("perf_event_"); });
  ASSERT_TRUE(listed);
  EXPECT_TRUE(listed->functions.empty());
  const auto& row = listed->left_out[static_cast<size_t>(kernel::NoProbe::kOfProbing)];
  EXPECT_GT(row.count, 10u);
  EXPECT_THAT(row.example, testing::StartsWith("perf_event_"));
}

TEST(UserFunctions, AreFoundByLibraryAndName) {
  auto found = find(Tool::kTrace, "c:malloc");
  ASSERT_THAT(names(found), ElementsAre("malloc"));
  EXPECT_THAT(found->targets[0].path, HasSubstr("libc"));
  EXPECT_NE(found->targets[0].offset, 0u);
  auto later = find(Tool::kTrace, "c:malloc+4");
  ASSERT_TRUE(later);
  EXPECT_EQ(later->targets[0].offset, found->targets[0].offset + 4);
  auto by_address = find(Tool::kTrace, fmt::format("{}:0x{:x}", found->targets[0].path, found->targets[0].address));
  ASSERT_TRUE(by_address) << by_address.error().message;
  EXPECT_EQ(by_address->targets[0].offset, found->targets[0].offset);
}

TEST(UserFunctions, AnOffsetBehindTheEndIsAMistake) {
  auto found = find(Tool::kTrace, "c:malloc+1000000");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("bytes long"));
  EXPECT_EQ(found.error().place, (Place{8, 16}));
}

TEST(UserFunctions, PatternsTakeEachPlaceOnce) {
  auto found = find(Tool::kFunccount, "c:*malloc*");
  ASSERT_TRUE(found);
  std::set<uint64_t> offsets;
  for (const Target& each : found->targets) EXPECT_TRUE(offsets.insert(each.offset).second) << each.name;
  EXPECT_THAT(found->left_out, Contains(testing::Field(&LeftOut::reason, "other names of the same code")));
}

TEST(UserFunctions, MissingOnesAreSaidAtTheirPlace) {
  auto found = find(Tool::kTrace, "c:malocc");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("no function malocc"));
  EXPECT_EQ(found.error().place, (Place{2, 8}));
  auto library = find(Tool::kTrace, "no_such_library:malloc");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().place, (Place{0, 15}));
  auto letter = find(Tool::kTrace, "r:readline");
  ASSERT_FALSE(letter);
  EXPECT_EQ(letter.error().hint, "r::readline is of the kernel, r:LIBRARY:readline of a library");
}

class UsdtTargets : public testing::Test {
 protected:
  void SetUp() override {
    usdt::ProbeFile file;
    file.add_probe(usdt::ProbeFile::kCode, 0, "app", "gc_start", "");
    file.add_probe(usdt::ProbeFile::kCode + 8, 0, "app", "gc_start", "");
    file.add_probe(usdt::ProbeFile::kCode + 16, 0, "app", "gc_done", "");
    file.add_probe(usdt::ProbeFile::kCode + 24, 0, "lib", "gc_start", "");
    ASSERT_TRUE(base::write_file_atomically(path_, file.bytes()));
  }
  base::TestDirectory directory_;
  std::string path_ = directory_ / "probes";
};

TEST_F(UsdtTargets, AreFoundByProviderAndPattern) {
  auto found = find(Tool::kTrace, fmt::format("u:{}:app:gc_start", path_));
  ASSERT_THAT(names(found), ElementsAre("app:gc_start"));
  EXPECT_EQ(found->targets[0].locations, 2u);
  EXPECT_EQ(found->targets[0].path, path_);
  EXPECT_THAT(names(find(Tool::kFunccount, fmt::format("u:{}:gc_*", path_))),
              ElementsAre("app:gc_done", "app:gc_start", "lib:gc_start"));
  EXPECT_THAT(names(find(Tool::kFunccount, fmt::format("u:{}:lib:gc_*", path_))), ElementsAre("lib:gc_start"));
}

TEST_F(UsdtTargets, MissingOnesNameTheNearest) {
  auto found = find(Tool::kTrace, fmt::format("u:{}:gc_strat", path_));
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("there is no USDT probe"));
  EXPECT_EQ(found.error().hint, "gc_start exists");
  auto without = find(Tool::kTrace, "u:/proc/self/exe:x");
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().hint, HasSubstr("no USDT probes at all"));
}

}  // namespace
}  // namespace sonde::probes
