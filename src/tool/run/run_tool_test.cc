// Tools that run in one process.
#include "tool/run/run_tool.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "bpf/system/permission.h"
#include "tool/declaration/tool.h"

namespace sonde::tool {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;

class CountingSink : public Sink {
 public:
  void begin(const Cells&) override { begun_ = true; }
  void put(const Record& record) override {
    std::lock_guard lock(mutex_);
    records_.push_back(record.json());
  }
  bool begun() const { return begun_; }
  std::vector<nlohmann::ordered_json> records() const {
    std::lock_guard lock(mutex_);
    return records_;
  }

 private:
  std::atomic<bool> begun_ = false;
  mutable std::mutex mutex_;
  std::vector<nlohmann::ordered_json> records_;
};

template <typename Condition>
bool becomes(Condition condition) {
  for (auto end = std::chrono::steady_clock::now() + kPatience; std::chrono::steady_clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

// One tool in a thread of its own.
class RunningTool {
 public:
  RunningTool(const std::string& name, const std::vector<std::string>& arguments) {
    thread_ = std::thread([this, name, arguments] { status_ = run(name, arguments); });
  }
  ~RunningTool() { stop(); }

  const CountingSink& sink() const { return sink_; }
  bool begins() const {
    return becomes([&] { return sink_.begun() || status_ != kRuns; });
  }
  // Its exit status.
  int stop() {
    stop_.ask();
    if (thread_.joinable()) thread_.join();
    return status_;
  }

 private:
  static constexpr int kRuns = -1, kFails = -2;

  int run(const std::string& name, const std::vector<std::string>& arguments) {
    auto done = run_or_fail(name, arguments);
    if (!done) ADD_FAILURE() << name << ": " << done.error().what;
    return done.value_or(kFails);
  }

  Result<int> run_or_fail(const std::string& name, const std::vector<std::string>& arguments) {
    ASSIGN_OR_RETURN(Object object, Object::open(std::string(SONDE_BINARY_DIR "/tools/") + name + ".o"));
    ASSIGN_OR_RETURN(Tool tool, read_tool(object.spec(), name));
    ASSIGN_OR_RETURN(std::optional<Settings> settings, read_command_line(object, tool, name, arguments));
    return run_tool(object, tool, *settings, sink_, stop_);
  }

  CountingSink sink_;
  ManualStop stop_;
  std::atomic<int> status_ = kRuns;
  std::thread thread_;
};

void open_missing(int times) {
  for (int i = 0; i < times; ++i) EXPECT_EQ(::open("/nowhere/at/all", O_RDONLY), -1);
}

TEST(RunTool, TwoInOneProcessAreStoppedOneAfterTheOther) {
  if (!bpf::may_load_programs()) GTEST_SKIP() << "tracing takes rights";
  std::string pid = std::to_string(::getpid());
  RunningTool opens("opensnoop", {"-x", "-p", pid}), calls("syscount", {"-p", pid});
  ASSERT_TRUE(opens.begins() && calls.begins());
  open_missing(23);
  EXPECT_TRUE(becomes([&] { return opens.sink().records().size() >= 23; }));
  EXPECT_EQ(opens.stop(), 0);
  EXPECT_EQ(opens.sink().records().size(), 23u);
  EXPECT_TRUE(calls.sink().records().empty());  // it reports at its end
  open_missing(18);
  EXPECT_EQ(calls.stop(), 0);
  uint64_t counted = 0;
  for (const auto& record : calls.sink().records()) {
    if (record["syscall"] == "openat") counted = record["count"];
  }
  EXPECT_GE(counted, 23u + 18u);  // other threads open files, too
}

TEST(RunTool, TenOfDifferentKindsAtOnce) {
  if (!bpf::may_load_programs()) GTEST_SKIP() << "tracing takes rights";
  const char* kTools[] = {"opensnoop", "execsnoop",  "exitsnoop", "syscount",   "runqlat",
                          "cpudist",   "offcputime", "profile",   "biolatency", "killsnoop"};
  std::vector<std::unique_ptr<RunningTool>> running;
  // A tool leaves out its own process, unless it is asked for.
  std::vector<std::string> this_process = {"-p", std::to_string(::getpid())};
  for (const char* name : kTools) {
    bool is_first = running.empty();
    running.push_back(std::make_unique<RunningTool>(name, is_first ? this_process : std::vector<std::string>{}));
  }
  for (auto& each : running) EXPECT_TRUE(each->begins());
  open_missing(23);
  for (size_t i = 0; i < running.size(); ++i)
    EXPECT_EQ(running[i * 7 % running.size()]->stop(), 0) << kTools[i * 7 % 10];
  EXPECT_GE(running[0]->sink().records().size(), 23u);
}

}  // namespace
}  // namespace sonde::tool
