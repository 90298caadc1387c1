// compile() against a compiler that hangs, crashes, lies and asks for what it may not have.
#include "sonde/session.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "base/fd.h"
#include "base/result.h"
#include "session/compiler/fake_compiler_test.h"
#include "spec/spec.h"

namespace sonde::session {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

class Compile : public FakeCompilerTest {
 protected:
  // What the fake compiler noted in the object, or the error.
  std::string note(const std::string& source, const CompileOptions& options = {}) {
    Result<Object> object = compile(source, options);
    return object ? object->spec().source_name : "error: " + object.error().what;
  }
  Error error(const std::string& source, const CompileOptions& options = {}) {
    Result<Object> object = compile(source, options);
    EXPECT_FALSE(object);
    return object ? Error{} : object.error();
  }
};

TEST_F(Compile, GivesTheObjectThatTheChildMade) {
  Result<Object> object = compile("ok hello");
  ASSERT_TRUE(object) << object.error().what;
  EXPECT_EQ(object->spec().source_name, "hello");
  EXPECT_THAT(object->bytes(), StartsWith("\177ELF"));
  EXPECT_FALSE(object->from_cache());
}

TEST_F(Compile, WarningsComeBeforeWhatDebugAskedFor) {
  Result<Object> object = compile("warn x");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->diagnostics(), "main.c:1:1: warning: hm\n; IR\n");
}

TEST_F(Compile, AMistakeInTheProgramIsKCompileWithItsDiagnostics) {
  Error mistake = error("mistake");
  EXPECT_EQ(mistake.kind, ErrorKind::kCompile);
  EXPECT_EQ(mistake.what, "main.c:1:1: error: what is this\n");
}

TEST_F(Compile, TheChildIsConfined) {
  base::Fd open_file(::open("/dev/null", O_RDONLY));  // not close-on-exec, on purpose
  ::signal(SIGPIPE, SIG_IGN);
  std::string said = note("confinement");
  ::signal(SIGPIPE, SIG_DFL);
  EXPECT_THAT(said, HasSubstr("nnp=1 caps=0000000000000000 death=9 fds=0,1,2,3,4, core=0 fsize=0 as="));
  EXPECT_THAT(said, HasSubstr("sid=true usr1=0 pipe=true home=unset"));
#if !defined(__SANITIZE_ADDRESS__)
  EXPECT_THAT(said, testing::ContainsRegex("as=[1-4][0-9]{9} "));
#endif
  if (::geteuid() == 0) {
    EXPECT_THAT(said, StartsWith("uid=65534 gid=65534 groups=0 "));
  }
}

TEST_F(Compile, StartingTheChildChangesNothingHere) {
  sigset_t usr1, before, after;
  int dumpable = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);  // a sanitizer turns it off
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &usr1, nullptr);
  ::pthread_sigmask(SIG_BLOCK, nullptr, &before);
  EXPECT_EQ(note("ok x"), "x");
  ::pthread_sigmask(SIG_BLOCK, nullptr, &after);
  ::pthread_sigmask(SIG_UNBLOCK, &usr1, nullptr);
  EXPECT_EQ(sigismember(&after, SIGUSR1), 1);
  EXPECT_EQ(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
  EXPECT_EQ(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), dumpable);
  EXPECT_EQ(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
}

TEST_F(Compile, AChildThatNeverEndsIsKilledInTime) {
  for (const char* source : {"hang", "drip"}) {
    auto start = std::chrono::steady_clock::now();
    Error late = error(source, {.timeout = 200ms});
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
    EXPECT_EQ(late.kind, ErrorKind::kTimeout);
    EXPECT_EQ(late.what, "the compiler did not finish within 200 ms");
    EXPECT_NE(late.hint, "");
    EXPECT_EQ(children(), 0);
  }
  EXPECT_EQ(error("hang", {.timeout = 1000ms}).what, "the compiler did not finish within 1 s");
}

TEST_F(Compile, TheEnvironmentSetsTheTimeLimit) {
  ::setenv("SONDE_COMPILE_TIMEOUT", "0.2", 1);
  Error late = error("hang");
  EXPECT_EQ(late.what, "the compiler did not finish within 200 ms");
  EXPECT_THAT(late.hint, HasSubstr("SONDE_COMPILE_TIMEOUT=SECONDS"));
  EXPECT_EQ(error("hang", {.timeout = 300ms}).what, "the compiler did not finish within 300 ms");
  ::setenv("SONDE_COMPILE_TIMEOUT", "0", 1);
  EXPECT_EQ(note("pause 300 without a limit"), "without a limit");
  for (const char* wrong : {"soon", "-1", "1e9", "nan", "5s"}) {
    ::setenv("SONDE_COMPILE_TIMEOUT", wrong, 1);
    EXPECT_EQ(error("ok x").what, fmt::format("SONDE_COMPILE_TIMEOUT: '{}' is no number of seconds", wrong));
  }
  ::unsetenv("SONDE_COMPILE_TIMEOUT");
}

TEST_F(Compile, AnInterruptionEndsTheChild) {
  for (const char* source : {"hang", "drip"}) {
    int asked = 0;
    auto start = std::chrono::steady_clock::now();
    Error ended = error(source, {.timeout = 0ms, .interrupted = [&] { return ++asked == 2; }});
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
    EXPECT_EQ(ended.code, EINTR);
    EXPECT_EQ(ended.what, "interrupted while compiling: Interrupted system call");
    EXPECT_EQ(children(), 0);
  }
}

TEST_F(Compile, ACrashNamesTheSignalAndWhatWasSaid) {
  Error crash = error("crash");
  EXPECT_EQ(crash.kind, ErrorKind::kFailed);
  EXPECT_EQ(crash.what, "the compiler sonde-cc died of SIGSEGV (Segmentation fault); its last words: about | to crash");
  EXPECT_THAT(crash.hint, HasSubstr("this is a fault of sonde-cc"));
  EXPECT_EQ(error("exit").what, "the compiler sonde-cc ended with status 3; its last words: no more");
}

TEST_F(Compile, ACompilerOutOfMemorySaysSo) {
  Error memory = error("memory");
  EXPECT_EQ(memory.kind, ErrorKind::kFailed);
  EXPECT_EQ(memory.code, ENOMEM);
  EXPECT_THAT(memory.what, testing::MatchesRegex("the compiler needs more than [0-9]+ MB of memory for this program"));
}

TEST_F(Compile, ACrashIsToldWhereChildrenReapThemselves) {
  ::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(note("ok x"), "x");
  Error crash = error("crash");
  ::signal(SIGCHLD, SIG_DFL);
  EXPECT_THAT(crash.what, StartsWith("the compiler sonde-cc ended before its work was done"));
}

TEST_F(Compile, MuchOnStandardErrorHoldsNoOneUp) { EXPECT_EQ(note("errors"), "after a megabyte of errors"); }

TEST_F(Compile, NonsenseFromTheChildIsItsFault) {
  for (const char* source : {"nonsense", "huge", "request"}) {
    Error nonsense = error(source);
    EXPECT_EQ(nonsense.kind, ErrorKind::kFailed) << source;
    EXPECT_THAT(nonsense.what, StartsWith("the compiler sonde-cc talks nonsense: ")) << source;
  }
  EXPECT_EQ(error("no-object").what, "the compiler sonde-cc made no object");
  EXPECT_THAT(error("bad-object").what, HasSubstr("not an object file"));
  EXPECT_EQ(error("chatter").what, "the compiler said more than 64 MB");
}

TEST_F(Compile, AMissingCompilerIsNamedWithAHint) {
  ::setenv("SONDE_CC", path("nowhere").c_str(), 1);
  Error missing = error("ok");
  EXPECT_EQ(missing.kind, ErrorKind::kNotFound);
  EXPECT_THAT(missing.what, StartsWith("the compiler that SONDE_CC names cannot be run: " + path("nowhere")));
  EXPECT_NE(missing.hint, "");
  write("text", "not a program");
  ::setenv("SONDE_CC", path("text").c_str(), 1);
  EXPECT_EQ(error("ok").kind, ErrorKind::kPermission);
  std::filesystem::permissions(path("text"), std::filesystem::perms(0755));
  EXPECT_THAT(error("ok").what, HasSubstr("Exec format error"));
}

TEST_F(Compile, SourcesThatCannotBeCAreRefused) {
  EXPECT_EQ(error(std::string("int x;\n\0", 8)).what, "/virtual/main.c:2: a zero byte: this is not C text");
  EXPECT_THAT(error(std::string((16u << 20) + 1, ' ')).what, HasSubstr("a program may have 16777216"));
  EXPECT_EQ(note("ok large\n" + std::string(1u << 20, ' ')), "large");
  EXPECT_EQ(note("ok largest\n" + std::string((16u << 20) - 100, ' ')), "largest");
}

TEST_F(Compile, FilesBelowTheIncludeDirectoriesAreRead) {
  std::filesystem::create_directories(path("include/sub"));
  std::filesystem::create_directories(path("other"));
  write("include/sub/a.h", "int a;");
  write("other/b.h", "int b;");
  CompileOptions options{.cflags = {"-I" + path("include")}};
  EXPECT_EQ(note("file " + path("include/sub/a.h"), options), "yint a;");
  EXPECT_EQ(note("file " + path("include/sub/../sub/a.h"), options), "yint a;");
  EXPECT_EQ(note("file " + path("include/none.h"), options), "n");
  EXPECT_EQ(note("file " + path("other/b.h"), options), "n");
  EXPECT_EQ(note("file " + path("include/../other/b.h"), options), "n");
  EXPECT_EQ(note("file include/sub/a.h", options), "n");
  for (const char* flag : {"-I", "-isystem", "-iquote", "-idirafter"}) {
    EXPECT_EQ(note("file " + path("other/b.h"), {.cflags = {flag, path("other")}}), "yint b;") << flag;
  }
  EXPECT_EQ(note("file " + path("other/b.h"), {.cflags = {"-include", path("other/b.h")}}), "yint b;");
}

TEST_F(Compile, ALinkOutOfTheIncludeDirectoriesIsNotFollowed) {
  std::filesystem::create_directories(path("include"));
  write("secret", "s");
  std::filesystem::create_symlink(path("secret"), path("include/link.h"));
  std::filesystem::create_directory_symlink("/etc", path("include/etc"));
  CompileOptions options{.cflags = {"-I" + path("include")}};
  EXPECT_EQ(note("file " + path("include/link.h"), options), "n");
  EXPECT_EQ(note("file " + path("include/etc/passwd"), options), "n");
}

TEST_F(Compile, AFifoOrADeviceIsNeitherOpenedNorWaitedFor) {
  std::filesystem::create_directories(path("include"));
  ASSERT_EQ(::mkfifo(path("include/fifo.h").c_str(), 0666), 0);
  CompileOptions options{.cflags = {"-I" + path("include"), "-I/dev"}, .timeout = 2000ms};
  EXPECT_EQ(note("file " + path("include/fifo.h"), options), "n");
  EXPECT_EQ(note("file /dev/zero", options), "n");
  EXPECT_EQ(note("file " + path("include"), options), "n");
}

TEST_F(Compile, FilesBesideTheProgramAndBelowTheCallerAreRead) {
  write("prog.c", "");
  write("prog.h", "int p;");
  EXPECT_EQ(note("file " + path("prog.h")), "n");
  EXPECT_EQ(note("file " + path("prog.h"), {.file_name = path("prog.c")}), "yint p;");
  auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory_);
  EXPECT_EQ(note("file " + path("prog.h")), "yint p;");
  std::filesystem::create_directories(path("inc"));
  write("inc/q.h", "int q;");
  std::filesystem::current_path(path("inc"));
  EXPECT_EQ(note("file " + path("prog.h"), {.cflags = {"-I.."}}), "yint p;");
  std::filesystem::current_path(before);
}

TEST_F(Compile, TracepointFormatsAreAnsweredByNameOnly) {
  if (::geteuid() != 0) GTEST_SKIP() << "tracefs is for root";
  EXPECT_THAT(note("tracepoint sched:sched_switch"), StartsWith("name: sched_switch\nID: "));
  EXPECT_EQ(note("tracepoint sched:no_such_event"), "");
  EXPECT_EQ(note("tracepoint ../sched:sched_switch"), "");
  EXPECT_EQ(note("tracepoint sched"), "");
}

TEST_F(Compile, ManyThreadsCompileAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, i] { EXPECT_EQ(note(fmt::format("ok {}", i % 4)), std::to_string(i % 4)); });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace sonde::session
