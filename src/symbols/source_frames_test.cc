// Frames of a program made here, and what happens when the reader of DWARF, or what it reads, is not as it should be.
#include "symbols/source_frames.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <thread>

#include "base/directory_test.h"
#include "base/file.h"
#include "elf/symbol_table.h"
#include "symbols/dwarf_child.h"

namespace sonde::symbols {
namespace {

using testing::HasSubstr;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kAtOnce{1500};  // the limit of a second, and what a busy machine adds to it

constexpr const char* kProgram = R"(namespace ns {
template <typename T> [[gnu::always_inline]] inline T twice(T x) {
  asm volatile("nop; nop; nop" : "+r"(x));
  return x * 2;
}
struct Pair {
  [[gnu::always_inline]] inline int sum(int a) const { return twice(a) + 1; }
};
[[gnu::noinline]] int outer(int a) { return Pair().sum(a) * 3; }
}
int main(int argc, char**) { return ns::outer(argc); }
)";

class SourceFrames : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_ = std::make_unique<base::TestDirectory>();
    directory_ = made_->path();
    ASSERT_TRUE(base::write_file_atomically(directory_ + "/a.cc", kProgram));
    build("program", "g++ -g -O2 a.cc -o program");
  }
  static void TearDownTestSuite() { made_.reset(); }

  static void build(const std::string& name, const std::string& command) {
    ASSERT_EQ(::system(("cd " + directory_ + " && " + command).c_str()), 0) << command;
    ASSERT_TRUE(base::file_exists(path(name)));
  }
  static std::string path(const std::string& name) { return directory_ + "/" + name; }
  static elf::File open(const std::string& name) {
    auto file = elf::File::open(path(name));
    EXPECT_TRUE(file) << file.error().what;
    return std::move(*file);
  }
  // Where the inlined nops are.
  static uint64_t address_in_twice(const elf::File& file) {
    auto symbols = elf::SymbolTable::read({std::make_shared<const elf::File>(*elf::File::open(file.name()))});
    auto outer = symbols->find("_ZN2ns5outerEi");
    if (!outer) return 0;
    for (uint64_t address = outer->address; address < outer->address + outer->size; ++address) {
      if (file.read(*file.offset_of(address), 3) == std::string("\x90\x90\x90")) return address + 1;
    }
    ADD_FAILURE() << "no nops in outer()";
    return 0;
  }
  static void expect_right(const Result<std::vector<Frame>>& frames, const std::string& source = "a.cc") {
    ASSERT_TRUE(frames) << frames.error().what;
    ASSERT_EQ(frames->size(), 3u);
    EXPECT_EQ((*frames)[0].function, "int ns::twice<int>(int)");
    EXPECT_EQ((*frames)[0].line, 3u);
    EXPECT_EQ((*frames)[0].file, path(source));
    EXPECT_TRUE((*frames)[0].inlined);
    EXPECT_EQ((*frames)[1].function, "ns::Pair::sum(int) const");
    EXPECT_EQ((*frames)[1].line, 7u);
    EXPECT_TRUE((*frames)[1].inlined);
    EXPECT_EQ((*frames)[2].function, "ns::outer(int)");
    EXPECT_EQ((*frames)[2].line, 9u);
    EXPECT_EQ((*frames)[2].column, 55u);
    EXPECT_FALSE((*frames)[2].inlined);
  }

  static std::unique_ptr<base::TestDirectory> made_;
  static std::string directory_;
};

std::unique_ptr<base::TestDirectory> SourceFrames::made_;
std::string SourceFrames::directory_;

size_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

bool wait_until(const std::function<bool()>& condition) {
  for (auto end = Clock::now() + std::chrono::seconds(30); Clock::now() < end;
       std::this_thread::sleep_for(milliseconds(5))) {
    if (condition()) return true;
  }
  return false;
}

bool gone(pid_t pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

TEST_F(SourceFrames, AreInnermostFirst) {
  elf::File file = open("program");
  ASSERT_TRUE(has_dwarf(file));
  expect_right(source_frames(file, address_in_twice(file)));
}

TEST_F(SourceFrames, OfManyAddressesComeInTheirOrder) {
  elf::File file = open("program");
  uint64_t address = address_in_twice(file);
  std::vector<uint64_t> addresses(200'000, 1);
  addresses.front() = addresses[100'000] = addresses.back() = address;
  auto answers = source_frames(file, addresses);
  ASSERT_EQ(answers.size(), addresses.size());
  expect_right(answers.front());
  expect_right(answers[100'000]);
  expect_right(answers.back());
  ASSERT_FALSE(answers[1]);
  EXPECT_EQ(answers[1].error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(answers[1].error().what, HasSubstr("no unit of its DWARF has this address"));
}

TEST_F(SourceFrames, AFileWithoutDwarfSaysSo) {
  build("stripped", "strip -o stripped program");
  elf::File file = open("stripped");
  EXPECT_FALSE(has_dwarf(file));
  auto frames = source_frames(file, 0x1000);
  ASSERT_FALSE(frames);
  EXPECT_EQ(frames.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(frames.error().what, path("stripped") + ": has no DWARF");
}

TEST_F(SourceFrames, OfASeparateDebugFileAreTheSame) {
  build("program.debug", "objcopy --only-keep-debug --compress-debug-sections program program.debug");
  expect_right(source_frames(open("program.debug"), address_in_twice(open("program"))));
}

TEST_F(SourceFrames, NamesInASharedFileAreFoundThroughItsBuildId) {
  // With types to share: libdw does not take a shared file of nothing but strings.
  ASSERT_TRUE(
      base::write_file_atomically(path("one.cc"), kProgram + std::string("#include <string>\nstd::string text;\n")));
  build(
      "shared",
      "sed s/outer/other/ one.cc > two.cc && g++ -g -O2 one.cc -o one && g++ -g -O2 two.cc -o two && dwz -m shared one two");
  elf::File file = open("one");
  ASSERT_TRUE(file.section(".gnu_debugaltlink"));
  expect_right(source_frames(file, address_in_twice(file), {"", directory_}), "one.cc");
}

TEST_F(SourceFrames, OfASplitFileSayWhereTheyWouldBe) {
  build("split", "g++ -g -gsplit-dwarf -O2 a.cc -o split");
  elf::File file = open("split");
  auto frames = source_frames(file, address_in_twice(file));
  ASSERT_FALSE(frames);
  EXPECT_EQ(frames.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(frames.error().what, HasSubstr(".dwo"));
}

TEST_F(SourceFrames, AChildKilledIsReplaced) {
  elf::File file = open("program");
  uint64_t address = address_in_twice(file);
  expect_right(source_frames(file, address));
  for (int i = 0; i < 5; ++i) {
    pid_t child = DwarfChild::ours().pid();
    ASSERT_GT(child, 0);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    expect_right(source_frames(file, address));
    EXPECT_NE(DwarfChild::ours().pid(), child);
  }
}

// It looks for itself whether anyone asks, and leaves no zombie.
TEST_F(SourceFrames, AnIdleChildGoes) {
  elf::File file = open("program");
  uint64_t address = address_in_twice(file);
  expect_right(source_frames(file, address));
  pid_t child = DwarfChild::ours().pid();
  ASSERT_GT(child, 0);
  EXPECT_TRUE(wait_until([&] { return gone(child); }));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
  expect_right(source_frames(file, address));
}

TEST_F(SourceFrames, AChildThatDoesNotAnswerIsGivenASecondAndAFileTwoChances) {
  build("silent", "cp program silent");
  elf::File file = open("silent");
  uint64_t address = address_in_twice(file);
  for (int i = 0; i < 2; ++i) {
    expect_right(source_frames(open("program"), address));
    pid_t child = DwarfChild::ours().pid();
    ASSERT_EQ(::kill(child, SIGSTOP), 0);
    auto before = Clock::now();
    auto frames = source_frames(file, address);
    EXPECT_LT(Clock::now() - before, kAtOnce);
    ASSERT_FALSE(frames);
    EXPECT_EQ(frames.error().kind, ErrorKind::kTimeout);
    EXPECT_EQ(frames.error().what, path("silent") + ": its DWARF gave no answer within 1 s");
    EXPECT_TRUE(wait_until([&] { return gone(child); }));
  }
  auto frames = source_frames(file, address);
  ASSERT_FALSE(frames);
  EXPECT_EQ(frames.error().kind, ErrorKind::kTimeout);
  expect_right(source_frames(open("program"), address));  // the others are not concerned
}

TEST_F(SourceFrames, AProcessForkedOffHasAChildOfItsOwn) {
  elf::File file = open("program");
  uint64_t address = address_in_twice(file);
  expect_right(source_frames(file, address));
  pid_t ours = DwarfChild::ours().pid();
  pid_t forked = ::fork();
  if (forked == 0) {
    bool right = source_frames(file, address).has_value() && DwarfChild::ours().pid() != ours;
    ::_exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(forked, &status, 0), forked);
  EXPECT_EQ(status, 0);
  expect_right(source_frames(file, address));
  EXPECT_EQ(DwarfChild::ours().pid(), ours);
}

TEST_F(SourceFrames, ManyThreadsAskAndNoDescriptorIsLeftOpen) {
  elf::File file = open("program");
  uint64_t address = address_in_twice(file);
  expect_right(source_frames(file, address));
  size_t before = open_descriptors();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) expect_right(source_frames(file, address));
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(SourceFrames, WithoutTheReaderTheErrorSaysWhatIsMissing) {
  elf::File file = open("program");
  uint64_t address = address_in_twice(file);
  expect_right(source_frames(file, address));
  pid_t child = DwarfChild::ours().pid();
  ::setenv("SONDE_DWARF", "/nowhere/sonde-dwarf", 1);
  ::kill(child, SIGKILL);
  auto frames = source_frames(file, address);
  ::unsetenv("SONDE_DWARF");
  ASSERT_FALSE(frames);
  EXPECT_THAT(frames.error().what, HasSubstr("the reader of DWARF that SONDE_DWARF names cannot be run"));
  expect_right(source_frames(file, address));
}

// Some bytes of one section changed at random.
std::string damaged(std::string bytes, const elf::Section& section, unsigned seed) {
  std::mt19937 random(seed);
  size_t count = 1 + random() % 16;
  for (size_t i = 0; i < count; ++i) bytes[section.offset + random() % section.size] = static_cast<char>(random());
  return bytes;
}

TEST_F(SourceFrames, DamagedDwarfIsAnsweredWithinASecondAndHarmsNoOne) {
  elf::File good = open("program");
  uint64_t address = address_in_twice(good);
  std::string bytes = *base::read_file(path("program"));
  milliseconds longest{0};
  for (unsigned seed = 0; seed < 200; ++seed) {
    const char* names[] = {".debug_info", ".debug_line", ".debug_abbrev", ".debug_rnglists"};
    const elf::Section* section = good.section(names[seed % 4]);
    ASSERT_TRUE(section) << names[seed % 4];
    ASSERT_TRUE(base::write_file_atomically(path("damaged"), damaged(bytes, *section, seed)));
    elf::File file = open("damaged");
    auto before = Clock::now();
    (void)source_frames(file, address);
    longest = std::max(longest, std::chrono::duration_cast<milliseconds>(Clock::now() - before));
  }
  EXPECT_LT(longest, kAtOnce);
  expect_right(source_frames(good, address));
}

TEST_F(SourceFrames, AFileCutShortMeanwhileIsAnErrorHere) {
  build("short", "cp program short");
  elf::File file = open("short");
  uint64_t address = address_in_twice(file);
  ASSERT_EQ(::truncate(path("short").c_str(), 4096), 0);
  auto frames = source_frames(file, address);
  ASSERT_FALSE(frames);
  expect_right(source_frames(open("program"), address));
}

}  // namespace
}  // namespace sonde::symbols
