// What a program shows of made bytes: rows, entries, histograms, stacks and trace lines, in each output.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <map>

#include "tool/declaration/program_spec_test.h"
#include "tool/declaration/tool_of_program.h"
#include "tool/run/sinks_of_settings.h"
#include "tool/run/tool_views.h"

extern "C" __attribute__((noinline, visibility("default"))) int sonde_test_frame(int value) {
  asm volatile("");
  return value + 1;
}

namespace sonde::tool {
namespace {

using namespace program_spec;
using testing::HasSubstr;
using testing::MatchesRegex;

class MadeSource : public DataSource {
 public:
  spec::Spec made = program_types();
  std::map<std::string, Elements> contents;
  std::map<std::string, uint64_t> losses;
  std::map<std::string, std::function<void(std::string_view)>> buffers;
  std::function<void(std::string_view)> on_line;
  bool has_trace_pipe = true;

  // `values`: those of all CPUs.
  void add(const std::string& map, const std::string& key, const std::string& values) {
    Elements& elements = contents[map];
    elements.keys += key, elements.values += values, ++elements.count;
    elements.key_size = key.size(), elements.value_stride = values.size();
    elements.value_size = (*this->map(map))->value_size ? (*this->map(map))->value_size : values.size();
  }

  const spec::Spec& spec() const override { return made; }
  Result<Elements> elements(const std::string& map) override { return contents[map]; }
  Result<Elements> take_elements(const std::string&) override {
    return base::fail(ErrorKind::kFailed, "a program's entries are not removed");
  }
  Result<std::string> lookup(const std::string&, std::string_view) override {
    return base::fail(ErrorKind::kNotFound, "none");
  }
  Status open_buffer(const std::string& map, std::function<void(std::string_view)> on_event) override {
    buffers[map] = std::move(on_event);
    return {};
  }
  Status open_trace_lines(std::function<void(std::string_view)> on_written) override {
    if (!has_trace_pipe) return base::fail(ErrorKind::kFailed, "somebody reads it");
    on_line = std::move(on_written);
    return {};
  }
  uint64_t lost(const std::string& map) override { return losses[map]; }
};

class ProgramViews : public testing::Test {
 protected:
  void add_map(spec::Map map) { source_.made.maps.push_back(std::move(map)); }

  // What is printed from the begin to the end; `meanwhile` happens when everything is attached.
  std::string printed(const std::string& output = "", const std::function<void()>& meanwhile = [] {}) {
    Tool tool = tool_of_program(source_.made, "made", has_trace_lines_);
    Settings settings;
    if (!output.empty()) settings.outputs[output];
    CollectedOutput out;
    auto sink = make_sinks(tool, settings, out);
    RunContext context{tool, settings, source_, **sink, FormatContext()};
    auto views = ToolViews::make(context);
    EXPECT_TRUE(views->open());
    views->begin();
    meanwhile();
    if (views->has_reports()) EXPECT_TRUE(views->report({.seconds = 1, .last = true}));
    EXPECT_TRUE(views->end(0));
    return out.text();
  }

  MadeSource source_;
  bool has_trace_lines_ = false;
};

std::string comm(std::string text) {
  text.resize(8);
  return text;
}

std::string event(uint32_t pid, const std::string& name, uint64_t x, uint64_t y) {
  return bytes_of_all(uint64_t{pid}) + comm(name) + bytes_of_all(x, y);
}

TEST_F(ProgramViews, ColumnsAreAlignedUnderTheirNamesAndAWideValueWidensItsColumn) {
  add_map(event_map("events", kEvent));
  auto put = [&](const std::string& bytes) { source_.buffers["events"](bytes); };
  EXPECT_EQ(printed("",
                    [&] {
                      put(event(1, "sh", 2, 3));
                      put(event(4000000000, "sh", 2, 3));
                      put(event(1, "sh", 2, 3).substr(0, 24));
                    }),
            "    pid  comm                 at.x             at.y\n"
            "      1  sh                      2                3\n"
            "4000000000  sh                      2                3\n"
            "         1  sh                      2                -\n");
}

TEST_F(ProgramViews, EventsAsData) {
  add_map(event_map("events", kEvent));
  auto put = [&] {
    source_.buffers["events"](event(1, "s\"h", 2, 3));
    source_.buffers["events"](event(1, "sh", 2, 3).substr(0, 24));
  };
  EXPECT_EQ(printed("json", put),
            "{\"pid\":1,\"comm\":\"s\\\"h\",\"at.x\":2,\"at.y\":3}\n"
            "{\"pid\":1,\"comm\":\"sh\",\"at.x\":2,\"at.y\":null}\n");
  EXPECT_EQ(printed("csv", put), "pid,comm,at.x,at.y\n1,\"s\"\"h\",2,3\n1,sh,2,null\n");
}

TEST_F(ProgramViews, BitFieldsAreReadByTheirBits) {
  add_map(event_map("events", kFlags));
  auto put = [&] { source_.buffers["events"](bytes_of_all(uint32_t{0xfe95})); };
  EXPECT_EQ(printed("json", put), "{\"low\":5,\"high\":-2}\n");
  EXPECT_THAT(printed("", put), HasSubstr("      5       -2\n"));
}

TEST_F(ProgramViews, WithoutATypeBytesAreShown) {
  add_map(event_map("events", std::nullopt));
  auto put = [&] { source_.buffers["events"]("\x01\xab"); };
  EXPECT_EQ(printed("", put), "event\n01ab\n");
  EXPECT_EQ(printed("json", put), "{\"event\":\"01ab\"}\n");
}

TEST_F(ProgramViews, SeveralBuffersSayWhichOneItWas) {
  add_map(event_map("execs", kU32));
  add_map(event_map("opens", kU32));
  auto put = [&] {
    source_.buffers["opens"](bytes_of_all(uint32_t{7}));
    source_.buffers["execs"](bytes_of_all(uint32_t{8}));
  };
  EXPECT_EQ(printed("", put), "execs    value\nopens    value\nopens        7\nexecs        8\n");
  EXPECT_EQ(printed("json", put), "{\"map\":\"opens\",\"value\":7}\n{\"map\":\"execs\",\"value\":8}\n");
  EXPECT_EQ(printed("csv", put), "map,value\nmap,value\nopens,7\nexecs,8\n");
}

TEST_F(ProgramViews, HashesAreSortedByValue) {
  add_map(map_of("counts", BPF_MAP_TYPE_HASH, kU32, kU64));
  source_.add("counts", bytes_of_all(uint32_t{1}), bytes_of_all(uint64_t{300}));
  source_.add("counts", bytes_of_all(uint32_t{1000}), bytes_of_all(uint64_t{2}));
  source_.add("counts", bytes_of_all(uint32_t{7}), bytes_of_all(uint64_t{256}));
  EXPECT_EQ(printed(), "\ncounts:\n  1000 -> 2\n  7    -> 256\n  1    -> 300\n");
  EXPECT_EQ(printed("json"), "{\"key\":1000,\"value\":2}\n{\"key\":7,\"value\":256}\n{\"key\":1,\"value\":300}\n");
  EXPECT_EQ(printed("csv"), "key,value\n1000,2\n7,256\n1,300\n");
}

TEST_F(ProgramViews, AnEmptyMapIsNotMentioned) {
  add_map(map_of("counts", BPF_MAP_TYPE_HASH, kU32, kU64));
  EXPECT_EQ(printed(), "");
}

TEST_F(ProgramViews, OfAnArrayOnlyWhatIsNotZeroIsShownInItsOrder) {
  add_map(map_of("sums", BPF_MAP_TYPE_ARRAY, kU32, kU64));
  for (uint64_t value : {9, 0, 3}) {
    source_.add("sums", bytes_of_all(static_cast<uint32_t>(source_.contents["sums"].count)), bytes_of_all(value));
  }
  EXPECT_EQ(printed(), "\nsums:\n  0 -> 9\n  2 -> 3\n");
}

TEST_F(ProgramViews, PerCpuCountersAreAddedUp) {
  add_map(map_of("counts", BPF_MAP_TYPE_PERCPU_HASH, kU32, kU32));
  add_map(map_of("balance", BPF_MAP_TYPE_PERCPU_HASH, kU32, kInt));
  source_.add("counts", bytes_of_all(uint32_t{9}), bytes_of_all(uint64_t{3}, uint64_t{4}));
  source_.add("balance", bytes_of_all(uint32_t{9}), bytes_of_all(int64_t{-3}, int64_t{2}));
  EXPECT_EQ(printed(), "\ncounts:\n  9 -> 7\n\nbalance:\n  9 -> -1\n");
}

TEST_F(ProgramViews, PerCpuRecordsAreShownByCpu) {
  add_map(map_of("pairs", BPF_MAP_TYPE_PERCPU_ARRAY, kU32, kPair));
  source_.add("pairs", bytes_of_all(uint32_t{0}), bytes_of_all(uint64_t{0}, uint64_t{0}, uint64_t{1}, uint64_t{2}));
  EXPECT_EQ(printed(), "\npairs:\n  0 -> cpu1: {x=1, y=2}\n");
  EXPECT_EQ(printed("json"), "{\"key\":0,\"value\":[{\"x\":0,\"y\":0},{\"x\":1,\"y\":2}]}\n");
}

TEST_F(ProgramViews, HistogramsAreDrawn) {
  add_map(map_of("dist", BPF_MAP_TYPE_ARRAY, kU32, kU64, "histogram"));
  source_.add("dist", bytes_of_all(uint32_t{2}), bytes_of_all(uint64_t{5}));
  source_.add("dist", bytes_of_all(uint32_t{70}), bytes_of_all(uint64_t{5}));  // a slot that no value has
  EXPECT_EQ(printed(),
            "\n"
            "     dist                : count     distribution\n"
            "         0 -> 1          : 0        |                                        |\n"
            "         2 -> 3          : 5        |****************************************|\n");
  EXPECT_THAT(printed("json"), MatchesRegex("\\{\"time\":\"[^\"]*\",\"unit\":\"dist\",\"count\":5,\"buckets\":"
                                            "\\[\\{\"low\":2,\"high\":3,\"count\":5\\}\\]\\}\n"));
  EXPECT_EQ(printed("csv"), "unit,low,high,count\ndist,2,3,5\n");
}

TEST_F(ProgramViews, TheLargestValuesHaveASlot) {
  add_map(map_of("dist", BPF_MAP_TYPE_ARRAY, kU32, kU64, "histogram"));
  source_.add("dist", bytes_of_all(uint32_t{64}), bytes_of_all(uint64_t{1}));
  EXPECT_THAT(printed(), HasSubstr(" 9223372036854775808 -> 18446744073709551615 : 1        |********************|\n"));
}

TEST_F(ProgramViews, AHistogramWithBucketsIsOneForEach) {
  add_map(map_of("dist", BPF_MAP_TYPE_HASH, kBucket, kU64, "histogram"));
  source_.add("dist", comm("sdb") + bytes_of_all(uint64_t{1}), bytes_of_all(uint64_t{5}));
  source_.add("dist", comm("sda") + bytes_of_all(uint64_t{1}), bytes_of_all(uint64_t{2}));
  source_.add("dist", comm("sdb") + bytes_of_all(uint64_t{2}), bytes_of_all(uint64_t{1}));
  EXPECT_EQ(printed(),
            "\ndisk = sda\n"
            "     dist                : count     distribution\n"
            "         0 -> 1          : 2        |****************************************|\n"
            "\ndisk = sdb\n"
            "     dist                : count     distribution\n"
            "         0 -> 1          : 5        |****************************************|\n"
            "         2 -> 3          : 1        |********                                |\n");
  EXPECT_EQ(printed("csv"), "disk,unit,low,high,count\nsda,dist,0,1,2\nsdb,dist,0,1,5\nsdb,dist,2,3,1\n");
}

TEST_F(ProgramViews, TraceLinesKeepTheirTabsAndCannotControlATerminal) {
  has_trace_lines_ = true;
  auto write = [&] { source_.on_line("sh-1 [0]: bpf_trace_printk: a\tb\033[2J"); };
  EXPECT_EQ(printed("", write), "sh-1 [0]: bpf_trace_printk: a\tb\\x1b[2J\n");
  EXPECT_EQ(printed("json", write), "{\"trace\":\"sh-1 [0]: bpf_trace_printk: a\\tb\\u001b[2J\"}\n");
}

TEST_F(ProgramViews, WithoutATracePipeTheRestIsShown) {
  has_trace_lines_ = true;
  source_.has_trace_pipe = false;
  add_map(map_of("counts", BPF_MAP_TYPE_HASH, kU32, kU64));
  source_.add("counts", bytes_of_all(uint32_t{1}), bytes_of_all(uint64_t{2}));
  testing::internal::CaptureStderr();
  EXPECT_EQ(printed(), "\ncounts:\n  1 -> 2\n");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "sonde: warning: no trace output: somebody reads it\n");
}

TEST_F(ProgramViews, LossesNameTheMap) {
  add_map(event_map("rows", kU32));
  add_map(event_map("others", kU32));
  source_.losses = {{"rows", 3}, {"others", 0}};
  testing::internal::CaptureStderr();
  EXPECT_EQ(printed("json"), "{\"lost\":{\"what\":\"events of rows were lost\",\"count\":3}}\n");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "sonde: warning: 3 events of rows were lost; they came faster than they were read\n");
}

class ProgramStacks : public ProgramViews {
 protected:
  void add_stacks(uint32_t flags = 0) {
    add_map(map_of("counts", BPF_MAP_TYPE_HASH, kStackKey, kU64));
    spec::Map stacks;
    stacks.name = "stacks", stacks.type = BPF_MAP_TYPE_STACK_TRACE, stacks.key_size = 4, stacks.flags = flags;
    add_map(stacks);
    source_.add("counts", bytes_of_all(::getpid(), int32_t{7}, int32_t{-14}), bytes_of_all(uint64_t{1}));
  }
  // Without the counts, which stand above.
  std::string stacks_printed() {
    std::string all = printed();
    return all.substr(std::min(all.find("\nstacks:"), all.size()));
  }
  static uint64_t frame() { return reinterpret_cast<uint64_t>(&sonde_test_frame) + 2; }
};

TEST_F(ProgramStacks, FramesAreNamedOfTheProcessThatAKeyNames) {
  add_stacks();
  source_.add("stacks", bytes_of_all(int32_t{7}), bytes_of_all(frame(), uint64_t{0x10}, uint64_t{0}, uint64_t{0x20}));
  EXPECT_EQ(
      stacks_printed(),
      fmt::format("\nstacks:\n  7 of process {}\n    sonde_test_frame+0x2 [sonde_tool_test]\n    0x10\n", ::getpid()));
  EXPECT_THAT(printed("json"),
              HasSubstr(fmt::format("{{\"map\":\"stacks\",\"stack\":7,\"pid\":{},\"frames\":[\"sonde_test_frame+0x2 "
                                    "[sonde_tool_test]\",\"0x10\"]}}\n",
                                    ::getpid())));
}

TEST_F(ProgramStacks, FramesOfNobodyAreAddresses) {
  add_stacks();
  source_.add("stacks", bytes_of_all(int32_t{8}), bytes_of_all(uint64_t{0x1234}, uint64_t{0}));
  EXPECT_EQ(stacks_printed(), "\nstacks:\n  8\n    0x1234\n");
  EXPECT_THAT(printed("csv"), HasSubstr("stacks,8,,0x1234\n"));
}

TEST_F(ProgramStacks, FramesByBuildId) {
  add_stacks(BPF_F_STACK_BUILD_ID);
  bpf_stack_build_id valid{}, by_address{}, empty{};
  valid.status = BPF_STACK_BUILD_ID_VALID, valid.offset = 0x42;
  std::memset(valid.build_id, 0xab, sizeof valid.build_id);
  by_address.status = BPF_STACK_BUILD_ID_IP, by_address.ip = frame();
  source_.add("stacks", bytes_of_all(int32_t{7}), bytes_of_all(valid, by_address, empty, valid));
  EXPECT_THAT(stacks_printed(),
              MatchesRegex("\nstacks:\n  7 of process [0-9]+\n    [ab]+\\+0x42\n    sonde_test_frame\\+0x2 .*\n"));
}

TEST_F(ProgramStacks, AStackThatEndsEarlyIsNoHarm) {
  add_stacks();
  source_.add("stacks", bytes_of_all(int32_t{8}), "abc");
  EXPECT_EQ(stacks_printed(), "\nstacks:\n  8\n");
}

}  // namespace
}  // namespace sonde::tool
