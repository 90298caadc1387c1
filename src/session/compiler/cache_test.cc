// The cache: what is found again, what is not, and what is ignored because someone else could have made it.
#include "session/cache/cache.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "session/compiler/fake_compiler_test.h"
#include "sonde/session.h"
#include "spec/spec.h"

namespace sonde::session {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CacheOfCompile : public FakeCompilerTest {
 protected:
  void SetUp() override {
    FakeCompilerTest::SetUp();
    settle();
  }

  // "compiled NOTE" or "cached NOTE".
  std::string run(const std::string& source, CompileOptions options = {}) {
    Result<Object> object = compile(source, options);
    if (!object) return "error: " + object.error().what;
    return (object->from_cache() ? "cached " : "compiled ") + object->spec().source_name;
  }

  std::vector<fs::path> entries() const {
    std::vector<fs::path> all;
    if (!fs::exists(cache_)) return all;
    for (const auto& entry : fs::directory_iterator(cache_)) all.push_back(entry.path());
    return all;
  }

  // Runs twice, changes the entry in between: it must be compiled again, and found again afterwards.
  template <typename Damage>
  void expect_ignored_after(Damage damage) {
    ASSERT_EQ(run("ok x"), "compiled x");
    ASSERT_EQ(run("ok x"), "cached x");
    ASSERT_EQ(entries().size(), 1u);
    damage(entries()[0]);
    EXPECT_EQ(run("ok x"), "compiled x");
    EXPECT_EQ(run("ok x"), "cached x");
  }

  template <typename Change>
  void change_byte(const fs::path& file, Change at) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    long size = static_cast<long>(fs::file_size(file));
    bytes.seekg(at(size));
    int old = bytes.get();
    bytes.seekp(at(size));
    bytes.put(static_cast<char>(old ^ 0x40));
  }
};

TEST_F(CacheOfCompile, FindsAgainWhatWasMade) {
  EXPECT_EQ(run("ok x"), "compiled x");
  EXPECT_EQ(run("ok x"), "cached x");
  struct stat directory{};
  ASSERT_EQ(::stat(cache_.c_str(), &directory), 0);
  EXPECT_EQ(directory.st_mode & 07777, 0700u);
  struct stat entry{};
  ASSERT_EQ(::stat(entries()[0].c_str(), &entry), 0);
  EXPECT_EQ(entry.st_mode & 07777, 0600u);
}

TEST_F(CacheOfCompile, KeepsDiagnostics) {
  EXPECT_EQ(run("warn x"), "compiled x");
  Result<Object> again = compile("warn x");
  ASSERT_TRUE(again && again->from_cache());
  EXPECT_EQ(again->diagnostics(), "main.c:1:1: warning: hm\n; IR\n");
}

TEST_F(CacheOfCompile, EverythingThatMattersIsInTheKey) {
  write("a.btf", "1");
  const CompileOptions base{};
  std::vector<CompileOptions> variants(8, base);
  variants[0].file_name = "other.c";
  variants[1].cflags = {"-DX"};
  variants[2].cflags = {"-D", "X"};
  variants[3].cflags = {"-DX", ""};
  variants[4].debug = 1;
  variants[5].portable = true;
  variants[6].btf_path = path("a.btf");
  variants[7].cflags = {"-D", "X", "-DY"};
  EXPECT_EQ(run("ok x"), "compiled x");
  for (size_t i = 0; i < variants.size(); ++i) {
    EXPECT_EQ(run("ok x", variants[i]), "compiled x") << i;
    EXPECT_EQ(run("ok x", variants[i]), "cached x") << i;
  }
  EXPECT_EQ(run("ok x\n"), "compiled x");
  settle();
  write("a.btf", "2");
  EXPECT_EQ(run("ok x", variants[6]), "compiled x");
  auto here = fs::current_path();
  fs::current_path(directory_);
  EXPECT_EQ(run("ok x"), "compiled x");
  fs::current_path(here);
  ::setenv("BCC_LINUX_VERSION_CODE", "123", 1);
  EXPECT_EQ(run("ok x"), "compiled x");
  ::unsetenv("BCC_LINUX_VERSION_CODE");
}

TEST_F(CacheOfCompile, AnotherCompilerMakesItsOwn) {
  fs::copy_file("/proc/self/exe", path("cc"));
  fs::permissions(path("cc"), fs::perms(0755));
  EXPECT_EQ(run("ok x"), "compiled x");
  ::setenv("SONDE_CC", path("cc").c_str(), 1);
  EXPECT_EQ(run("ok x"), "compiled x");
  EXPECT_EQ(run("ok x"), "cached x");
}

TEST_F(CacheOfCompile, CanBeTurnedOff) {
  EXPECT_EQ(run("ok x", {.use_cache = false}), "compiled x");
  EXPECT_FALSE(fs::exists(cache_));
  ::setenv("SONDE_CACHE", "off", 1);
  EXPECT_EQ(run("ok x"), "compiled x");
  EXPECT_EQ(run("ok x"), "compiled x");
  EXPECT_FALSE(fs::exists(cache_));
}

TEST_F(CacheOfCompile, FailuresAreNotKept) {
  EXPECT_THAT(run("mistake"), HasSubstr("what is this"));
  EXPECT_THAT(run("bad-object"), HasSubstr("not an object file"));
  EXPECT_THAT(run("bad-object"), HasSubstr("not an object file"));
}

TEST_F(CacheOfCompile, DamagedEntriesAreCompiledAgain) {
  expect_ignored_after([&](const fs::path& file) { change_byte(file, [](long) { return 0; }); });
}
TEST_F(CacheOfCompile, EntriesWithOneWrongByteInTheObjectAreCompiledAgain) {
  expect_ignored_after([&](const fs::path& file) { change_byte(file, [](long size) { return size / 2; }); });
}
TEST_F(CacheOfCompile, EntriesWithAWrongChecksumAreCompiledAgain) {
  expect_ignored_after([&](const fs::path& file) { change_byte(file, [](long) { return 50; }); });
}
TEST_F(CacheOfCompile, TruncatedEntriesAreCompiledAgain) {
  expect_ignored_after([](const fs::path& file) { fs::resize_file(file, fs::file_size(file) - 1); });
}
TEST_F(CacheOfCompile, EmptyEntriesAreCompiledAgain) {
  expect_ignored_after([](const fs::path& file) { fs::resize_file(file, 0); });
}
TEST_F(CacheOfCompile, LengthenedEntriesAreCompiledAgain) {
  expect_ignored_after([](const fs::path& file) { std::ofstream(file, std::ios::app) << "more"; });
}
TEST_F(CacheOfCompile, EntriesThatOthersCanWriteAreCompiledAgain) {
  expect_ignored_after([](const fs::path& file) { fs::permissions(file, fs::perms(0606)); });
}
TEST_F(CacheOfCompile, SymbolicLinksAreNotFollowed) {
  expect_ignored_after([&](const fs::path& file) {
    fs::rename(file, path("elsewhere"));
    fs::create_symlink(path("elsewhere"), file);
  });
}
TEST_F(CacheOfCompile, AFifoInPlaceOfAnEntryIsIgnored) {
  expect_ignored_after([](const fs::path& file) {
    fs::remove(file);
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  });
}
TEST_F(CacheOfCompile, EntriesOfAnotherOwnerAreCompiledAgain) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  expect_ignored_after([](const fs::path& file) { ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0); });
}
TEST_F(CacheOfCompile, AnEntryUnderAnotherNameIsIgnored) {
  ASSERT_EQ(run("ok evil"), "compiled evil");
  fs::path evil = entries()[0];
  ASSERT_EQ(run("ok good"), "compiled good");
  for (const fs::path& file : entries()) {
    if (file != evil) fs::copy_file(evil, file, fs::copy_options::overwrite_existing);
  }
  EXPECT_EQ(run("ok good"), "compiled good");
}

TEST_F(CacheOfCompile, ADirectoryThatOthersCanWriteIsNotUsed) {
  ASSERT_EQ(run("ok x"), "compiled x");
  fs::permissions(cache_, fs::perms(0777));
  EXPECT_EQ(run("ok x"), "compiled x");
  EXPECT_EQ(run("ok y"), "compiled y");
  EXPECT_EQ(entries().size(), 1u);
  Result<Object> object = compile("ok y", {.debug = 2});
  ASSERT_TRUE(object);
  EXPECT_THAT(object->diagnostics(),
              HasSubstr("sonde: warning: not cached: the cache " + cache_ + " can be written by others"));
}
TEST_F(CacheOfCompile, ADirectoryOfAnotherOwnerIsNotUsed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  ASSERT_EQ(run("ok x"), "compiled x");
  ASSERT_EQ(::chown(cache_.c_str(), 65534, 65534), 0);
  EXPECT_EQ(run("ok x"), "compiled x");
}
TEST_F(CacheOfCompile, ALinkInPlaceOfTheDirectoryIsNotUsed) {
  fs::create_directory(path("elsewhere"));
  fs::permissions(path("elsewhere"), fs::perms(0700));
  fs::create_directory_symlink(path("elsewhere"), cache_);
  EXPECT_EQ(run("ok x"), "compiled x");
  EXPECT_EQ(run("ok x"), "compiled x");
  EXPECT_TRUE(fs::is_empty(path("elsewhere")));
}
TEST_F(CacheOfCompile, ADirectoryThatCannotBeMadeIsNoError) {
  write("file", "");
  ::setenv("SONDE_CACHE_DIR", path("file/cache").c_str(), 1);
  EXPECT_EQ(run("ok x"), "compiled x");
  ::setenv("SONDE_CACHE_DIR", "/proc/none/cache", 1);
  EXPECT_EQ(run("ok x"), "compiled x");
}
TEST_F(CacheOfCompile, MissingParentsAreMade) {
  ::setenv("SONDE_CACHE_DIR", path("a/b/c").c_str(), 1);
  EXPECT_EQ(run("ok x"), "compiled x");
  EXPECT_EQ(run("ok x"), "cached x");
}

TEST_F(CacheOfCompile, AChangedIncludeIsCompiledAgain) {
  fs::create_directory(path("inc"));
  write("inc/a.h", "int a;");
  settle();
  CompileOptions options{.cflags = {"-I" + path("inc")}};
  std::string source = "file " + path("inc/a.h");
  EXPECT_EQ(run(source, options), "compiled yint a;");
  EXPECT_EQ(run(source, options), "cached yint a;");
  write("inc/a.h", "int b;");
  settle();
  EXPECT_EQ(run(source, options), "compiled yint b;");
  EXPECT_EQ(run(source, options), "cached yint b;");
  write("inc/a.h", "int b;");  // touched, not changed
  EXPECT_EQ(run(source, options), "cached yint b;");
  fs::remove(path("inc/a.h"));
  EXPECT_EQ(run(source, options), "compiled n");
  EXPECT_EQ(run(source, options), "cached n");
  write("inc/a.h", "int c;");
  settle();
  EXPECT_EQ(run(source, options), "compiled yint c;");
}

TEST_F(CacheOfCompile, AnIncludeWrittenJustNowIsNotTrusted) {
  fs::create_directory(path("inc"));
  std::thread writer([&] {  // changes all the while: whether the child read the old or the new text cannot be known
    for (int i = 0; i < 200; ++i) {
      write("inc/a.h", std::to_string(i));
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
  });
  for (int i = 0; i < 20; ++i) run("file " + path("inc/a.h"), {.cflags = {"-I" + path("inc")}});
  writer.join();
  settle();
  EXPECT_THAT(run("file " + path("inc/a.h"), {.cflags = {"-I" + path("inc")}}), HasSubstr(" y199"));
}

TEST_F(CacheOfCompile, WhatTheChildReadItselfIsCheckedToo) {
  write("header.h", "1");
  fs::create_directory(path("modules"));
  settle();
  for (const char* name : {"header.h", "modules", "absent.h"}) {
    EXPECT_EQ(run("depend " + path(name)), "compiled depends") << name;
    EXPECT_EQ(run("depend " + path(name)), "cached depends") << name;
  }
  write("header.h", "2");
  write("modules/xfs", "");
  write("absent.h", "");
  settle();
  for (const char* name : {"header.h", "modules", "absent.h"}) {
    EXPECT_EQ(run("depend " + path(name)), "compiled depends") << name;
    EXPECT_EQ(run("depend " + path(name)), "cached depends") << name;
  }
}

TEST_F(CacheOfCompile, TracepointFormatsAreCheckedWithoutTheirIds) {
  if (::geteuid() != 0) GTEST_SKIP() << "tracefs is for root";
  Dependencies dependencies;
  std::string format = tracepoint_format("sched:sched_switch");
  ASSERT_THAT(format, HasSubstr("\nID: "));
  size_t id = format.find("ID: ") + 4;
  std::string renumbered = format.substr(0, id) + "99999" + format.substr(format.find('\n', id));
  std::string changed = format + "\tfield:int x; offset:0; size:4; signed:1;\n";
  dependencies.add_tracepoint("sched:sched_switch", renumbered);
  EXPECT_TRUE(unchanged(dependencies.list()));
  Dependencies others;
  others.add_tracepoint("sched:sched_switch", changed);
  EXPECT_FALSE(unchanged(others.list()));
}

TEST_F(CacheOfCompile, ConcurrentWritersAndReadersSeeWholeEntries) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([this] {
      for (int k = 0; k < 20; ++k) EXPECT_THAT(run("ok x", {.use_cache = true}), HasSubstr("ed x"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(entries().size(), 1u);
  EXPECT_EQ(run("ok x"), "cached x");
}

CacheEntry entry_of(size_t size) { return {std::string(size, 'x'), "", {}}; }

Digest key_number(unsigned number) { return sha256({reinterpret_cast<char*>(&number), sizeof number}); }

TEST_F(CacheOfCompile, ABoundedSizeKeepsTheNewest) {
  Result<Cache> cache = Cache::open(cache_);
  ASSERT_TRUE(cache);
  for (unsigned i = 0; i < 60; ++i) {
    ASSERT_TRUE(cache->store(key_number(i), entry_of(2'000)));
    timespec old[2] = {{1'000'000 + i, 0}, {1'000'000 + i, 0}};
    ::utimensat(AT_FDCWD, (cache_ + "/" + to_hex(key_number(i))).c_str(), old, 0);
  }
  EXPECT_TRUE(cache->find(key_number(20)));  // used again: not among the oldest any more
  Result<Cache> small = Cache::open(cache_, 100'000);
  ASSERT_TRUE(small);
  small->trim();
  size_t total = 0;
  for (const fs::path& file : entries()) total += fs::file_size(file);
  EXPECT_LE(total, 75'000u);
  EXPECT_GT(total, 70'000u);
  EXPECT_FALSE(cache->find(key_number(0)));
  EXPECT_TRUE(cache->find(key_number(20)));
  EXPECT_TRUE(cache->find(key_number(59)));
}

TEST_F(CacheOfCompile, StoringAloneKeepsItBounded) {
  Result<Cache> cache = Cache::open(cache_, 100'000);
  ASSERT_TRUE(cache);
  for (unsigned i = 0; i < 300; ++i) ASSERT_TRUE(cache->store(key_number(i), entry_of(1'000)));
  size_t total = 0;
  for (const fs::path& file : entries()) total += fs::file_size(file);
  EXPECT_LE(total, 200'000u);
}

TEST_F(CacheOfCompile, WhatIsTooLargeIsNotKept) {
  Result<Cache> cache = Cache::open(cache_, 100'000);
  ASSERT_TRUE(cache);
  EXPECT_FALSE(cache->store(key_number(1), entry_of(100'000)));
  EXPECT_TRUE(entries().empty());
}

TEST_F(CacheOfCompile, LeftoversOfKilledWritersGoAfterAnHour) {
  Result<Cache> cache = Cache::open(cache_);
  ASSERT_TRUE(cache);
  write("cache/.new-1-0-abc", "half");
  write("cache/.new-2-0-abc", "half");
  timespec old[2] = {{1'000'000, 0}, {1'000'000, 0}};
  ::utimensat(AT_FDCWD, path("cache/.new-1-0-abc").c_str(), old, 0);
  cache->trim();
  EXPECT_FALSE(fs::exists(path("cache/.new-1-0-abc")));
  EXPECT_TRUE(fs::exists(path("cache/.new-2-0-abc")));
}

TEST_F(CacheOfCompile, AFileSizeLimitOfOursIsNoError) {
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit small{100, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  std::string first = run("ok x");
  std::string second = run("ok x");
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(first, "compiled x");
  EXPECT_EQ(second, "compiled x");
  EXPECT_TRUE(entries().empty());
}

// In a child, so that the mount is private to it and gone with it. The exit status says what failed.
int run_on_full_disk(const std::string& directory, const std::function<std::string(unsigned debug)>& run) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
  ::mkdir(directory.c_str(), 0700);
  if (::mount("none", directory.c_str(), "tmpfs", 0, "size=8192,mode=0700") != 0) return 77;
  std::ofstream(directory + "/filler") << std::string(8192, 'x') << std::flush;
  if (run(0) != "compiled x") return 1;
  if (run(1) != "compiled x sonde: warning: not cached: cannot write the cache: No space left on device\n") return 2;
  int files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(directory)) ++files;
  return files == 1 ? 0 : 3;
}

TEST_F(CacheOfCompile, AFullDiskIsNoErrorAndLeavesNothing) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root mounts";
  pid_t child = ::fork();
  if (child == 0) {
    ::_exit(run_on_full_disk(cache_, [this](unsigned debug) {
      Result<Object> object = compile("ok x", {.debug = debug});
      if (!object) return object.error().what;
      std::string text = (object->from_cache() ? "cached " : "compiled ") + object->spec().source_name;
      return object->diagnostics().empty() ? text : text + " " + object->diagnostics();
    }));
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "no mount namespaces here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(CacheDirectory, DependsOnWhoAsks) {
  ::unsetenv("SONDE_CACHE_DIR");
  ::unsetenv("SONDE_CACHE");
  if (::geteuid() == 0) {
    EXPECT_EQ(cache_directory(), "/var/cache/sonde");
  } else {
    ::setenv("XDG_CACHE_HOME", "/x", 1);
    EXPECT_EQ(cache_directory(), "/x/sonde");
  }
  ::setenv("SONDE_CACHE_DIR", "/d", 1);
  EXPECT_EQ(cache_directory(), "/d");
  ::setenv("SONDE_CACHE", "off", 1);
  EXPECT_EQ(cache_directory(), "");
  ::unsetenv("SONDE_CACHE");
  ::unsetenv("SONDE_CACHE_DIR");
}

}  // namespace
}  // namespace sonde::session
