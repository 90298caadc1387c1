// The built command, as a user calls it: exit statuses, errors, and a traced system call from end to end.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/fd.h"
#include "base/file.h"

namespace sonde::cmd {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

struct Outcome {
  int status = -1;  // as waitpid has it
  std::string out, err;
  int code() const { return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status); }
};

class Command : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "sonde-XXXXXX";
    ASSERT_NE(::mkdtemp(directory_.data()), nullptr);
    ::setenv("SONDE_CACHE_DIR", path("cache").c_str(), 1);
    ::unsetenv("SONDE_CC");
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }

  pid_t start(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), SONDE_BINARY_DIR "/bin/sonde");
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    base::Fd program(::open(pointers[0], O_RDONLY | O_CLOEXEC));  // whose path the user may not be able to follow
    pid_t pid = ::fork();
    if (pid != 0) return pid;
    ::dup2(::open(path("out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    ::dup2(::open(path("err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    if (user_ != 0 && (::setgroups(0, nullptr) != 0 || ::setgid(user_) != 0 || ::setuid(user_) != 0)) ::_exit(126);
    ::fexecve(program.get(), pointers.data(), environ);
    ::_exit(126);
  }
  Outcome finish(pid_t pid) const {
    Outcome outcome;
    EXPECT_EQ(::waitpid(pid, &outcome.status, 0), pid);
    outcome.out = base::read_file(path("out")).value_or("");
    outcome.err = base::read_file(path("err")).value_or("");
    return outcome;
  }
  // Until the file that a started command writes to has all of `wanted` in it, or ten seconds are over.
  void wait_until_said(const std::string& name, const std::vector<std::string>& wanted) const {
    for (int i = 0; i < 1000; ++i) {
      std::string text = base::read_file(path(name)).value_or("");
      if (std::ranges::all_of(wanted, [&](const auto& each) { return text.find(each) != text.npos; })) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  Outcome run(std::vector<std::string> arguments) const { return finish(start(std::move(arguments))); }

  std::string directory_;
  unsigned user_ = 0;  // 0: the caller
};

TEST_F(Command, WrongUseIsStatus2WithAHint) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> wrong = {
      {{}, "sonde: error: "},
      {{"bogus"}, "sonde: error: there is no command bogus\nhint: sonde -h"},
      {{"x.c"}, "sonde: error: there is no command x.c\nhint: sonde run x.c\n"},
      {{"run"}, "sonde: error: FILE is required\nhint: sonde run -h"},
      {{"run", "x.c", "-d", "-1"},
       "sonde: error: --duration: -1 is not a number of seconds above 0 and up to 1000000000\nhint: "},
      {{"cc", "--frob"}, "sonde: error: "},
  };
  for (const auto& [arguments, message] : wrong) {
    Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code(), 2) << message;
    EXPECT_THAT(outcome.err, StartsWith(message));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(Command, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(run({"--version"}).out, "sonde 0.1.0\n");
  for (std::vector<std::string> arguments : {std::vector<std::string>{"-h"}, {"run", "-h"}, {"cc", "-h"}}) {
    Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code(), 0);
    EXPECT_THAT(outcome.out, HasSubstr("Usage: "));
  }
}

TEST_F(Command, ToolsAreListedByTheirGroups) {
  EXPECT_THAT(run({"list"}).out, HasSubstr("syscalls\n"));
  Outcome group = run({"list", "--group", "syscalls"});
  EXPECT_THAT(group.out, StartsWith("syscalls\n"));
  EXPECT_THAT(group.out, ContainsRegex("\n  opensnoop +Trace files being opened"));
  EXPECT_EQ(run({"list", "--group", "none"}).err,
            "sonde: error: unknown group none\nhint: sonde list shows all of them\n");
}

TEST_F(Command, AToolHasItsOwnHelpAndSaysHowItIsUsed) {
  EXPECT_THAT(run({"opensnoop", "-h"}).out,
              testing::AllOf(HasSubstr("Usage: sonde opensnoop"), HasSubstr("--pid"), HasSubstr("--json")));
  EXPECT_EQ(
      run({"opensnoop", "-d", "0"}).err,
      "opensnoop: error: --duration: 0 is not a number of seconds above 0 and up to 1000000000\nhint: sonde opensnoop -h says how it is used\n");
  EXPECT_THAT(run({"opensnoop", "-p", "4000000000"}).err,
              StartsWith("opensnoop: error: --pid: there is no process 4000000000\nhint: "));
  Outcome wrong = run({"opensnoop", "--bogus"});
  EXPECT_EQ(wrong.code(), 2);
  EXPECT_THAT(wrong.err, StartsWith("opensnoop: error: "));
  EXPECT_THAT(wrong.err, HasSubstr("\nhint: sonde opensnoop -h"));
}

TEST_F(Command, ANewToolWorksAsItIsWritten) {
  std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(directory_);
  EXPECT_THAT(run({"new", "slowreads"}).out, StartsWith("slowreads.c is written."));
  Outcome again = run({"new", "slowreads"});
  Outcome help = run({"run", "slowreads.c", "-h"});
  Outcome traced = run({"run", "slowreads.c", "1", "-d", "0.2", "--csv"});
  std::filesystem::current_path(before);
  EXPECT_EQ(again.code(), 1);
  EXPECT_THAT(again.err, StartsWith("sonde: error: slowreads.c is there already\nhint: "));
  EXPECT_THAT(help.out, testing::AllOf(HasSubstr("min_us"), HasSubstr("--timestamp")));
  if (::geteuid() != 0) return;
  EXPECT_EQ(traced.code(), 0) << traced.err;
  EXPECT_THAT(traced.out, StartsWith("pid,comm,bytes,latency\n"));
}

TEST_F(Command, TheDoctorSaysWhatThereIs) {
  Outcome outcome = run({"doctor"});
  EXPECT_THAT(outcome.out, StartsWith("Linux "));
  EXPECT_THAT(outcome.out, ContainsRegex("\n  (yes|no|[?]) +tracefs "));
  EXPECT_THAT(run({"doctor", "--json"}).out, HasSubstr("\"findings\""));
}

TEST_F(Command, WhatGoesWrongIsStatus1) {
  Outcome missing = run({"run", path("none.c")});
  EXPECT_EQ(missing.code(), 1);
  EXPECT_EQ(missing.err, "sonde: error: cannot open " + path("none.c") + ": No such file or directory\n");
  Outcome damaged = run({"run", write("x.o", "\177ELFdamaged")});
  EXPECT_EQ(damaged.code(), 1);
  EXPECT_THAT(damaged.err, ContainsRegex("^sonde: error: .*\nhint: "));
}

TEST_F(Command, WithoutRightsItSaysSoBeforeAnythingElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root becomes nobody";
  user_ = 65534;
  Outcome outcome = run({"run", write("any.c", "TRACEPOINT_PROBE(sched, sched_switch) { return 0; }\n")});
  EXPECT_EQ(outcome.code(), 1);
  EXPECT_EQ(outcome.err,
            "sonde: error: tracing is not permitted\nhint: run as root (sudo), or with the capabilities "
            "CAP_BPF and CAP_PERFMON\n");
}

TEST_F(Command, MistakesAreShownAsClangPrintsThem) {
  Outcome outcome = run({"run", write("bad.c", "int f(void *ctx) { return x; }\n")});
  EXPECT_EQ(outcome.code(), 1);
  EXPECT_THAT(outcome.err, StartsWith(path("bad.c") + ":1:27: error: use of undeclared identifier 'x'\n"));
  EXPECT_THAT(outcome.err, HasSubstr("\nsonde: error: the program does not compile\n"));
}

TEST_F(Command, IncludesBesideTheProgramAreFound) {
  std::filesystem::create_directory(path("sub"));
  write("sub/answer.h", "#define ANSWER 42\n");
  std::string program = write(
      "sub/prog.c", "#include \"answer.h\"\n_Static_assert(ANSWER == 42, \"\");\nint f(void *ctx) { return 0; }\n");
  std::filesystem::permissions(directory_, std::filesystem::perms(0700));  // closed to the compiler's user
  Outcome outcome = run({"cc", program, "-o", path("prog.o")});
  EXPECT_EQ(outcome.code(), 0) << outcome.err;
  EXPECT_THAT(base::read_file(path("prog.o")).value_or(""), StartsWith("\177ELF"));
}

TEST_F(Command, AProgramThatGoesNowhereIsNamed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root traces";
  Outcome outcome = run({"run", write("idle.c", "int count_it(void *ctx) { return 0; }\n")});
  EXPECT_EQ(outcome.code(), 1);
  EXPECT_THAT(outcome.err, StartsWith("sonde: error: nothing says where count_it is to be attached\nhint: "));
}

// A file that is opened for reading by us, by name: nobody else on the machine makes this row.
constexpr const char* kOpens = R"(
struct row { u32 pid; char path[64]; };
BPF_PERF_OUTPUT(rows);
BPF_HASH(opens, u32);
TRACEPOINT_PROBE(syscalls, sys_enter_openat) {
    struct row row = {.pid = bpf_get_current_pid_tgid() >> 32};
    bpf_probe_read_user_str(&row.path, sizeof(row.path), args->filename);
    if (row.pid != WANTED) return 0;
    rows.perf_submit(args, &row, sizeof(row));
    opens.increment(row.pid);
    bpf_trace_printk("seen by sonde's test");
    return 0;
}
)";

TEST_F(Command, RowsTraceLinesAndMapsAreShown) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root traces";
  pid_t pid = start({"run", "-v", write("opens.c", kOpens), "-D", fmt::format("WANTED={}", ::getpid())});
  wait_until_said("err", {"sonde: running"});
  base::Fd opened(::open("/etc/hostname", O_RDONLY));
  wait_until_said("out", {"/etc/hostname\n", "bpf_trace_printk: "});
  ::kill(pid, SIGINT);
  Outcome outcome = finish(pid);
  EXPECT_EQ(outcome.code(), 0);
  EXPECT_THAT(outcome.out, StartsWith("    pid  path\n"));
  EXPECT_THAT(outcome.out, HasSubstr(fmt::format("{:>7}  /etc/hostname\n", ::getpid())));
  EXPECT_THAT(outcome.out, HasSubstr("bpf_trace_printk: seen by sonde's test\n"));
  EXPECT_THAT(outcome.out, ContainsRegex(fmt::format("\nopens:\n  {} -> [0-9]+\n", ::getpid())));
  EXPECT_THAT(outcome.err, HasSubstr("runs at tracepoint:syscalls:sys_enter_openat\n"));
}

TEST_F(Command, AnObjectRunsWithoutTheCompiler) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root traces";
  std::string source = write("opens.c", kOpens);
  Outcome made = run({"cc", source, "-D", "WANTED=1", "-o", path("opens.o")});
  ASSERT_EQ(made.code(), 0) << made.err;
  ::setenv("SONDE_CC", "/nonexistent", 1);
  Outcome outcome = run({"run", path("opens.o"), "-d", "0.2"});
  ::unsetenv("SONDE_CC");
  EXPECT_EQ(outcome.code(), 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("    pid  path\n"));
}

}  // namespace
}  // namespace sonde::cmd
