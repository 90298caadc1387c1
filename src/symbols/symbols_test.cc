// Names of this very process, of children that come and go, and of files.
#include "sonde/symbols.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "elf/file.h"
#include "symbols/proc_maps.h"

extern "C" __attribute__((noinline)) int sonde_test_function(int value) { return value * 3 + getpid(); }

namespace sonde {
namespace {

uint64_t address(const void* pointer) { return reinterpret_cast<uint64_t>(pointer); }
uint64_t own_function() { return address(reinterpret_cast<void*>(&sonde_test_function)); }

TEST(ProcessSymbols, NameOurOwnFunctions) {
  Symbols symbols = Symbols::of_process(getpid());
  Symbol found = symbols.resolve(own_function() + 1);
  EXPECT_EQ(found.name, "sonde_test_function") << found.why;
  EXPECT_EQ(found.offset, 1u);
  EXPECT_EQ(found.why, "");
  EXPECT_TRUE(found.module.ends_with("/sonde_symbols_test")) << found.module;
}

TEST(ProcessSymbols, NameFunctionsOfLibraries) {
  Symbols symbols = Symbols::of_process(getpid());
  Symbol found = symbols.resolve(address(dlsym(RTLD_DEFAULT, "gnu_get_libc_version")));
  EXPECT_TRUE(found.name == "gnu_get_libc_version" || found.name == "__gnu_get_libc_version")
      << found.name << found.why;
  EXPECT_EQ(found.offset, 0u);
  EXPECT_TRUE(found.module.find("/libc.so.6") != found.module.npos ||
              found.module.find("/libc-2") != found.module.npos);
}

TEST(ProcessSymbols, NameWhatTheVdsoHas) {
  Symbols symbols = Symbols::of_process(getpid());
  auto place = symbols.address_of("[vdso]", "__vdso_clock_gettime");
  if (!place) place = symbols.address_of("[vdso]", "__kernel_clock_gettime");  // arm64
  ASSERT_TRUE(place) << place.error().what;
  Symbol found = symbols.resolve(*place + 2);
  EXPECT_EQ(found.module, "[vdso]");
  EXPECT_TRUE(found.name.ends_with("clock_gettime")) << found.name;
  EXPECT_EQ(found.offset, 2u);
}

TEST(ProcessSymbols, FindAddressesByName) {
  Symbols symbols = Symbols::of_process(getpid());
  auto any = symbols.address_of("", "sonde_test_function");
  ASSERT_TRUE(any) << any.error().what;
  EXPECT_EQ(*any, own_function());
  Symbol found = symbols.resolve(*any);
  EXPECT_EQ(symbols.address_of(found.module, "sonde_test_function").value_or(0), own_function());
  auto none = symbols.address_of("/no/such/file", "sonde_test_function");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().what, fmt::format("process {} has no code of /no/such/file mapped", getpid()));
  EXPECT_FALSE(symbols.address_of("", "sonde_no_such_function"));
}

TEST(ProcessSymbols, FramesSayWhatIsMissing) {
  Symbols symbols = Symbols::of_process(getpid());
  auto frames = symbols.frames(16);
  ASSERT_FALSE(frames);
  EXPECT_EQ(frames.error().what, "nothing is mapped there");
}

// A library made by the compiler, loaded into this process.
std::string made_library(const std::string& name, const std::string& text, const std::string& options) {
  std::string path = testing::TempDir() + name + ".so", source = testing::TempDir() + name + ".c";
  EXPECT_TRUE(base::write_file_atomically(source, text));
  EXPECT_EQ(std::system(fmt::format("cc -shared -fPIC {} -o {} {}", options, path, source).c_str()), 0);
  EXPECT_TRUE(dlopen(path.c_str(), RTLD_NOW)) << dlerror();
  return path;
}

TEST(ProcessSymbols, FramesAreThoseOfTheSource) {
  std::string path = made_library("framed",
                                  "static inline __attribute__((always_inline)) int inner(int *value) {\n"
                                  "  return *value * 3;\n"
                                  "}\n"
                                  "int framed(int *value) { return inner(value) + 1; }\n",
                                  "-g -O1");
  Symbols symbols = Symbols::of_process(getpid());
  auto place = symbols.address_of(path, "framed");
  ASSERT_TRUE(place) << place.error().what;
  std::vector<Frame> deepest;
  for (int offset = 0; offset < 4; offset++) {
    auto frames = symbols.frames(*place + static_cast<uint64_t>(offset));
    ASSERT_TRUE(frames) << frames.error().what;
    if (frames->size() > deepest.size()) deepest = *frames;
  }
  ASSERT_EQ(deepest.size(), 2u);
  EXPECT_EQ(deepest[0].function, "inner");
  EXPECT_TRUE(deepest[0].inlined);
  EXPECT_EQ(deepest[0].line, 2u);
  EXPECT_EQ(deepest[1].function, "framed");
  EXPECT_FALSE(deepest[1].inlined);
  EXPECT_TRUE(deepest[1].file.ends_with("/framed.c")) << deepest[1].file;
}

TEST(BuildIds, NameWhatWasAdded) {
  std::string path = made_library("identified", "int identified(int value) { return value * 7; }\n",
                                  "-O1 -Wl,--build-id=0x0102030405");
  auto file = elf::File::open(path);
  ASSERT_TRUE(file);
  Symbols symbols = Symbols::of_process(getpid());
  auto place = symbols.address_of(path, "identified");
  ASSERT_TRUE(place) << place.error().what;
  uint64_t base = address(dlsym(dlopen(path.c_str(), RTLD_NOW), "identified"));
  EXPECT_EQ(*place, base);
  BuildIdSymbols known;
  EXPECT_EQ(known.resolve(file->build_id(), 16).why, "no file with this build-id was added");
  ASSERT_TRUE(known.add(path));
  std::string text = *base::read_file("/proc/self/maps");
  symbols::Maps maps = symbols::parse_maps(text);
  const symbols::Mapping* mapping = symbols::find_mapping(maps.mappings, base);
  ASSERT_TRUE(mapping);
  Symbol found = known.resolve(file->build_id(), base - mapping->start + mapping->offset + 1);
  EXPECT_EQ(found.name, "identified");
  EXPECT_EQ(found.offset, 1u);
  EXPECT_EQ(found.module, path);
  EXPECT_FALSE(known.add("/etc/hostname"));
  EXPECT_FALSE(known.add("/no/such/file"));
}

TEST(ProcessSymbols, SayWhyThereIsNoName) {
  Symbols symbols = Symbols::of_process(getpid());
  EXPECT_EQ(symbols.resolve(16).why, "nothing is mapped there");
  EXPECT_EQ(symbols.resolve(16).offset, 16u);
  EXPECT_EQ(symbols.resolve(UINT64_MAX).why, "nothing is mapped there");
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  symbols.refresh();
  Symbol found = symbols.resolve(address(memory));
  EXPECT_EQ(found.name, "");
  EXPECT_EQ(found.module, "");
  EXPECT_EQ(found.why, fmt::format("memory without a file, and there is no /tmp/perf-{}.map", getpid()));
  munmap(memory, 4096);
}

TEST(ProcessSymbols, OfAProcessThatNeverWas) {
  EXPECT_EQ(Symbols::of_process(0x7ffffff0).resolve(4096).why, "there is no process 2147483632");
  EXPECT_EQ(Symbols::of_process(-1).resolve(4096).why, "there is no process -1");
}

pid_t child() {
  pid_t pid = fork();
  if (pid != 0) return pid;
  for (;;) pause();
}

void end(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

TEST(ProcessSymbols, OutliveTheProcess) {
  pid_t pid = child();
  Symbols symbols = Symbols::of_process(pid);
  EXPECT_EQ(symbols.resolve(16).why, "nothing is mapped there");  // the mappings are read, no file's symbols
  end(pid);
  symbols.refresh();
  EXPECT_EQ(symbols.resolve(own_function()).name, "sonde_test_function");
  EXPECT_NE(symbols.resolve(address(dlsym(RTLD_DEFAULT, "fopen"))).name, "");
  EXPECT_EQ(symbols.resolve(16).why, "nothing is mapped there");
}

TEST(ProcessSymbols, OfAProcessThatEndedBeforeTheFirstQuestion) {
  pid_t pid = child();
  Symbols symbols = Symbols::of_process(pid);
  end(pid);
  EXPECT_EQ(symbols.resolve(own_function()).why, fmt::format("process {} ended before its mappings were read", pid));
}

TEST(ProcessSymbols, OfAZombie) {
  pid_t pid = child();
  Symbols symbols = Symbols::of_process(pid);
  kill(pid, SIGKILL);
  siginfo_t info;
  waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(symbols.resolve(own_function()).why,
            fmt::format("process {} has no memory of its own: a kernel thread, or one that has ended", pid));
  waitpid(pid, nullptr, 0);
}

TEST(ProcessSymbols, OfSeveralThreadsAtOnce) {
  pid_t pid = child();
  Symbols symbols = Symbols::of_process(pid);
  uint64_t places[] = {own_function(), address(dlsym(RTLD_DEFAULT, "fopen")), address(dlsym(RTLD_DEFAULT, "memcpy")),
                       16};
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; t++) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20'000; i++) {
        Symbol found = symbols.resolve(places[(i + t) % 4], i % 2 == 0);
        if (found.name.empty() != ((i + t) % 4 == 3)) wrong++;
        if (t == 0 && i % 500 == 0) symbols.refresh();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  end(pid);
}

TEST(KernelSymbols, NameFunctionsAndSayWhyNot) {
  Symbols symbols = Symbols::of_kernel();
  auto place = symbols.address_of("", "schedule");
  ASSERT_TRUE(place) << place.error().what;
  EXPECT_EQ(symbols.address_of("kernel", "schedule").value_or(0), *place);
  EXPECT_FALSE(symbols.address_of("no_such_module", "schedule"));
  Symbol found = symbols.resolve(*place + 3);
  EXPECT_EQ(found.name, "schedule");
  EXPECT_EQ(found.module, "kernel");
  EXPECT_EQ(found.offset, 3u);
  EXPECT_EQ(symbols.resolve(4096).why, "no symbol of the kernel or its modules lies there");
}

}  // namespace
}  // namespace sonde
