#include "tool/views/stack_names.h"

#include <gtest/gtest.h>

#include <cstring>

namespace sonde::tool {
namespace {

using std::chrono::steady_clock;

constexpr int kStacks = 2000, kFrames = 3, kProcess = 4711;

// Every stack has kFrames frames of functions of its own.
class Stacks : public DataSource {
 public:
  const spec::Spec& spec() const override { return spec_; }
  Result<Elements> elements(const std::string&) override { return Elements{}; }
  Result<Elements> take_elements(const std::string&) override { return Elements{}; }
  Result<std::string> lookup(const std::string&, std::string_view key) override {
    int32_t id = 0;
    std::memcpy(&id, key.data(), sizeof id);
    uint64_t addresses[kFrames + 1] = {};
    for (int i = 0; i < kFrames; ++i) addresses[i] = 0x1000u * static_cast<uint64_t>(id + 1) + static_cast<uint64_t>(i);
    return std::string(reinterpret_cast<const char*>(addresses), sizeof addresses);
  }
  Status open_buffer(const std::string&, std::function<void(std::string_view)>) override { return {}; }
  uint64_t lost(const std::string&) override { return 0; }

 private:
  spec::Spec spec_;
};

class CountingMachine : public Machine {
 public:
  explicit CountingMachine(int& asked) : asked_(asked) {}
  uint64_t monotonic_ns() override { return 0; }
  uint64_t real_ns() override { return 0; }
  Symbol symbol(int, uint64_t) override {
    ++asked_;
    Symbol found;
    found.name = "function";
    return found;
  }
  std::string disk_name(uint32_t) override { return ""; }
  std::string file(const std::string&) override { return ""; }

 private:
  int& asked_;
};

class Ignored : public Sink {
  void put(const Record&) override {}
};

class StackNamesTest : public testing::Test {
 protected:
  int asked_ = 0;
  Stacks source_;
  Ignored sink_;
  Tool tool_;
  Settings settings_;
  RunContext context_{tool_, settings_, source_, sink_, FormatContext(std::make_unique<CountingMachine>(asked_))};
  StackNames names_{context_, "stacks"};

  void expect_all() {
    for (int id = 0; id < kStacks; ++id) names_.expect(id, kProcess);
  }
};

// Ctrl-C is answered at once though there are thousands of stacks: nothing is left to ask then.
TEST_F(StackNamesTest, AReportAsksForNoNameThatWasResolvedAhead) {
  expect_all();
  while (names_.resolve_some(steady_clock::now() + std::chrono::milliseconds(5))) continue;
  EXPECT_EQ(asked_, kStacks * kFrames);
  for (int id = 0; id < kStacks; ++id) EXPECT_EQ(names_.frames(id, kProcess).size(), size_t{kFrames});
  EXPECT_EQ(asked_, kStacks * kFrames);
}

TEST_F(StackNamesTest, AStackIsResolvedOnceHoweverOftenItIsExpected) {
  expect_all();
  expect_all();
  EXPECT_FALSE(names_.resolve_some(steady_clock::time_point::max()));
  expect_all();
  EXPECT_FALSE(names_.resolve_some(steady_clock::time_point::max()));
  EXPECT_EQ(asked_, kStacks * kFrames);
}

// Events wait while names are resolved.
TEST_F(StackNamesTest, ResolvingAheadEndsWithItsTime) {
  expect_all();
  EXPECT_TRUE(names_.resolve_some(steady_clock::now()));
  EXPECT_EQ(asked_, 0);
}

}  // namespace
}  // namespace sonde::tool
