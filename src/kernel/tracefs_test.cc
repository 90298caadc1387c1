// tracefs: formats of tracepoints, and the file system itself without a mount in sight.
#include "kernel/tracefs.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "kernel/features.h"

namespace sonde::kernel {
namespace {

constexpr const char* kFormat =
    "name: sys_enter_openat\n"
    "ID: 620\n"
    "format:\n"
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
    "\n"
    "\tfield:const char * filename;\toffset:24;\tsize:8;\tsigned:0;\n"
    "\tfield:char prev_comm[16];\toffset:32;\tsize:16;\tsigned:0;\n"
    "\tfield:__data_loc char[] name;\toffset:48;\tsize:4;\tsigned:0;\n"
    "\n"
    "print fmt: \"field:%s\", REC->name\n";

TEST(Format, IsTakenApart) {
  auto format = parse_format(kFormat);
  ASSERT_TRUE(format);
  EXPECT_EQ(format->name, "sys_enter_openat");
  EXPECT_EQ(format->id, 620u);
  ASSERT_EQ(format->fields.size(), 5u);
  EXPECT_EQ(format->fields[1].name, "common_pid");
  EXPECT_TRUE(format->fields[1].is_signed);
  EXPECT_EQ(format->fields[2].type, "const char *");
  EXPECT_EQ(format->fields[2].offset, 24u);
  EXPECT_EQ(format->fields[3].name, "prev_comm");
  EXPECT_EQ(format->fields[3].type, "char[16]");
  EXPECT_EQ(format->fields[3].declaration, "char prev_comm[16]");
  EXPECT_EQ(format->fields[4].name, "name");
  EXPECT_EQ(format->fields[4].type, "__data_loc char[]");
  EXPECT_EQ(format->fields[4].declaration, "__data_loc char[] name");
}

TEST(Format, RubbishIsAnError) {
  EXPECT_FALSE(parse_format(""));
  EXPECT_FALSE(parse_format("field:;;;;offset:\n"));
  EXPECT_FALSE(parse_format("name: x\nformat:\n"));
}

TEST(Tracefs, OpensWithoutChangingTheMachinesMounts) {
  auto before = base::read_file("/proc/self/mountinfo");
  auto tracefs = Tracefs::open();
  ASSERT_TRUE(tracefs) << tracefs.error().what;
  auto text = (*tracefs)->format_text("sched:sched_switch");
  ASSERT_TRUE(text) << text.error().what;
  EXPECT_EQ(parse_format(*text)->name, "sched_switch");
  EXPECT_EQ(*base::read_file("/proc/self/mountinfo"), *before);
}

TEST(Tracefs, NamesTheNearestEvent) {
  auto tracefs = Tracefs::open();
  ASSERT_TRUE(tracefs) << tracefs.error().what;
  auto missing = (*tracefs)->format_text("sched:sched_swich");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().what,
            "tracepoint sched:sched_swich: no such event in this kernel; nearest: sched:sched_switch");
  for (const char* shapeless : {"sched_switch", "sched:", ":x", "a:b:c", "sched:../../x"}) {
    auto refused = (*tracefs)->format_text(shapeless);
    ASSERT_FALSE(refused) << shapeless;
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid) << shapeless;
  }
}

TEST(Features, AreAllAskedOfThisKernel) {
  for (const Feature& feature : features()) {
    EXPECT_FALSE(feature.since.empty()) << feature.name;
    (void)has_feature(feature.name);  // the probe must not crash, whatever the answer
  }
  EXPECT_FALSE(has_feature("flying"));
  EXPECT_TRUE(has_feature("tracefs"));
  EXPECT_EQ(has_feature("kprobe_pmu"), base::file_exists("/sys/bus/event_source/devices/kprobe/type"));
}

}  // namespace
}  // namespace sonde::kernel
