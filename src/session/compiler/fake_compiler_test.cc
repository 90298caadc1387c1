// The fake compiler: what each word on the first line of a source makes it do.
#include "session/compiler/fake_compiler_test.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "spec/spec.h"
#include "spec/wire.h"

namespace sonde::session {

namespace {

using spec::FrameType;

constexpr int kSocket = 3;

void say(FrameType type, const std::string& text) {
  if (!spec::send_frame(kSocket, type, text)) ::_exit(1);
}

std::string ask(FrameType type, const std::string& question) {
  say(type, question);
  Result<spec::Frame> answer = spec::receive_frame(kSocket, -1);
  if (!answer || answer->type != FrameType::kAnswer) ::_exit(1);
  return answer->body;
}

[[noreturn]] void succeed(const std::string& note) {
  spec::Spec made;
  made.source_name = note;
  say(FrameType::kObject, object_with_spec(spec::to_json(made)));
  say(FrameType::kEnd, "ok");
  ::_exit(0);
}

std::string limit_of(__rlimit_resource resource) {
  rlimit limit{};
  ::getrlimit(resource, &limit);
  return fmt::format("{}", limit.rlim_cur);
}

std::string open_descriptors() {
  std::string all;
  for (int fd = 0; fd < 1024; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) all += fmt::format("{},", fd);
  }
  return all;
}

// What the child can say about its own confinement.
std::string confinement() {
  gid_t groups[64];
  sigset_t mask;
  ::sigprocmask(SIG_BLOCK, nullptr, &mask);
  struct sigaction pipe{};
  ::sigaction(SIGPIPE, nullptr, &pipe);
  int death = 0;
  ::prctl(PR_GET_PDEATHSIG, &death);
  std::string status = base::read_file("/proc/self/status").value_or("");
  std::string capabilities = status.substr(status.find("CapEff:\t") + 8, 16);
  return fmt::format(
      "uid={} gid={} groups={} nnp={} caps={} death={} fds={} core={} fsize={} as={} sid={} usr1={} pipe={} home={}",
      ::getuid(), ::getgid(), ::getgroups(64, groups), ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), capabilities, death,
      open_descriptors(), limit_of(RLIMIT_CORE), limit_of(RLIMIT_FSIZE), limit_of(RLIMIT_AS), ::getsid(0) == ::getpid(),
      sigismember(&mask, SIGUSR1), pipe.sa_handler == SIG_DFL, std::getenv("HOME") ? "set" : "unset");
}

[[noreturn]] void flood_errors() {
  std::string line(1023, 'e');
  for (int i = 0; i < 1024; ++i) ::dprintf(2, "%s\n", line.c_str());
  succeed("after a megabyte of errors");
}

void act(const std::string& verb, const std::string& rest) {
  if (verb == "ok") succeed(rest);
  if (verb == "confinement") succeed(confinement());
  if (verb == "hang") ::pause();
  if (verb == "pause") {
    std::istringstream words(rest);
    int milliseconds = 0;
    std::string note;
    words >> milliseconds;
    std::getline(words >> std::ws, note);
    ::usleep(static_cast<useconds_t>(milliseconds) * 1000);
    succeed(note);
  }
  if (verb == "drip") {
    for (;; ::usleep(20'000)) say(FrameType::kDiagnostics, ".");
  }
  if (verb == "crash") {
    ::dprintf(2, "about\nto crash\n");
    ::signal(SIGSEGV, SIG_DFL);  // a sanitizer would catch it
    ::raise(SIGSEGV);
  }
  if (verb == "memory") {
    ::dprintf(2, "LLVM ERROR: out of memory\n");
    ::raise(SIGABRT);
  }
  if (verb == "exit") {
    ::dprintf(2, "no more\n");
    ::_exit(3);
  }
  if (verb == "mistake") {
    say(FrameType::kDiagnostics, "main.c:1:1: error: what is this\n");
    say(FrameType::kEnd, "failed");
    ::_exit(0);
  }
  if (verb == "warn") {
    say(FrameType::kOutput, "; IR\n");
    say(FrameType::kDiagnostics, "main.c:1:1: warning: hm\n");
    succeed(rest);
  }
  if (verb == "errors") flood_errors();
  if (verb == "nonsense") {
    const uint32_t header[2] = {77, 1};
    ::send(kSocket, header, sizeof header, 0);
    ::pause();
  }
  if (verb == "request") say(FrameType::kRequest, "{}");
  if (verb == "huge") {
    const uint32_t header[2] = {7, UINT32_MAX};
    ::send(kSocket, header, sizeof header, 0);
    ::pause();
  }
  if (verb == "chatter") {
    for (std::string text(8u << 20, 'd');;) say(FrameType::kDiagnostics, text);
  }
  if (verb == "no-object") say(FrameType::kEnd, "ok");
  if (verb == "bad-object") {
    say(FrameType::kObject, "not ELF");
    say(FrameType::kEnd, "ok");
  }
  if (verb == "file") succeed(ask(FrameType::kAskFile, rest));
  if (verb == "tracepoint") succeed(ask(FrameType::kAskTracepoint, rest).substr(0, 200));
  if (verb == "depend") {
    say(FrameType::kDependency, rest);
    succeed("depends");
  }
}

[[noreturn]] void serve() {
  Result<spec::Frame> frame = spec::receive_frame(kSocket, -1);
  if (!frame || frame->type != FrameType::kRequest) ::_exit(2);
  Result<spec::Request> request = spec::request_from_json(frame->body);
  if (!request) ::_exit(2);
  std::istringstream line(request->source.substr(0, request->source.find('\n')));
  std::string verb, rest;
  line >> verb;
  std::getline(line >> std::ws, rest);
  act(verb, rest);
  ::_exit(0);
}

// Before main, which belongs to GoogleTest.
__attribute__((constructor)) void serve_if_asked(int argc, char** argv, char**) {
  if (argc == 3 && std::strcmp(argv[1], "--serve") == 0 && std::strcmp(argv[2], "3") == 0) serve();
}

}  // namespace

std::string object_with_spec(const std::string& spec_json) {
  const std::string names = std::string("\0.sonde.spec\0.shstrtab\0", 23);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = EM_BPF;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 3;
  header.e_shstrndx = 2;
  std::string content = spec_json + names;
  content.resize((content.size() + 7) / 8 * 8);
  header.e_shoff = sizeof header + content.size();
  Elf64_Shdr sections[3] = {};
  sections[1] = {.sh_name = 1,
                 .sh_type = SHT_PROGBITS,
                 .sh_offset = sizeof header,
                 .sh_size = spec_json.size(),
                 .sh_addralign = 1};
  sections[2] = {.sh_name = 13,
                 .sh_type = SHT_STRTAB,
                 .sh_offset = sizeof header + spec_json.size(),
                 .sh_size = names.size(),
                 .sh_addralign = 1};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes.append(content).append(reinterpret_cast<const char*>(sections), sizeof sections);
}

void FakeCompilerTest::SetUp() {
  directory_ = testing::TempDir() + "sonde-XXXXXX";
  ASSERT_NE(::mkdtemp(directory_.data()), nullptr);
  cache_ = path("cache");
  before_ = std::filesystem::current_path();
  std::filesystem::create_directory(path("here"));  // a caller's directory that nothing else of the test lies below
  std::filesystem::current_path(path("here"));
  ::setenv("SONDE_CC", "/proc/self/exe", 1);
  ::setenv("SONDE_CACHE_DIR", cache_.c_str(), 1);
  ::unsetenv("SONDE_CACHE");
}

void FakeCompilerTest::TearDown() {
  EXPECT_EQ(children(), 0) << "a child was left behind";
  std::filesystem::current_path(before_);
  std::filesystem::remove_all(directory_);
}

void FakeCompilerTest::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name)) << text;
}

int children() {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "children");
    for (std::string pid; file >> pid;) ++count;
  }
  return count;
}

void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(12)); }

}  // namespace sonde::session
