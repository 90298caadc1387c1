// Answers questions about files that are handed over open. What goes wrong here ends this process, with a word about it
// if that can still be said; nothing outlives it.
#include "dwarf/serve.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <ctime>
#include <deque>
#include <new>
#include <optional>

#include "base/file.h"
#include "base/message.h"
#include "dwarf/debug_info.h"
#include "symbols/dwarf_wire.h"

namespace sonde::dwarf {

namespace {

using Clock = std::chrono::steady_clock;
using symbols::DwarfMessage;

constexpr int kIdleMs = 5000;
constexpr int kMostWorkSeconds = 5;                    // for one question, should no one be left to kill us
constexpr std::chrono::milliseconds kEnoughWork{200};  // after which the rest is left for another question
constexpr clock_t kMostProcessor =
    120 * CLOCKS_PER_SEC;          // then a new child takes over: the limit would end this one in the middle
constexpr size_t kMostFiles = 16;  // open at once
constexpr size_t kSignalStack = 64u << 10;

int words_socket = -1;

// Only what a signal handler may call.
[[noreturn]] void die_saying(const char* words) {
  struct {
    uint32_t type, length;
    char text[64];
  } message{static_cast<uint32_t>(DwarfMessage::kDied), static_cast<uint32_t>(std::strlen(words)), {}};
  std::memcpy(message.text, words, message.length);
  ::send(words_socket, &message, 8 + message.length, MSG_NOSIGNAL | MSG_DONTWAIT);
  ::_exit(1);
}

void on_signal(int signal) {
  switch (signal) {
    case SIGBUS: die_saying("the file became shorter while it was read");
    case SIGALRM: die_saying("it took too long");
    case SIGXCPU: die_saying("it took too much processor time");
    default: die_saying("the reader of DWARF crashed");
  }
}

void out_of_memory() { die_saying("it needs too much memory"); }

void prepare_last_words(int socket) {
  words_socket = socket;
  static char memory[kSignalStack];
  stack_t stack{memory, 0, sizeof memory};
  ::sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK;
  for (int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGXCPU}) ::sigaction(signal, &action, nullptr);
  std::set_new_handler(out_of_memory);
}

// While it lives, nothing can be opened: DWARF names other files, and libdw would look for them.
class NothingOpens {
 public:
  NothingOpens() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none{0, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    itimerval limit{{0, 0}, {kMostWorkSeconds, 0}};
    ::setitimer(ITIMER_REAL, &limit, nullptr);
  }
  ~NothingOpens() {
    itimerval none{};
    ::setitimer(ITIMER_REAL, &none, nullptr);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

 private:
  rlimit before_{};
};

std::string identity_of(const base::Fd& fd) {
  struct stat info{};
  return fd.valid() && ::fstat(fd.get(), &info) == 0 ? base::identity_of(info) : "";
}

class Server {
 public:
  explicit Server(int socket) : socket_(socket) {}
  int run();

 private:
  bool answer(base::Message& question);
  Result<DebugInfo>& info_of(std::vector<base::Fd>& fds);

  struct Open {
    std::string identity;
    Result<DebugInfo> info;
  };
  int socket_;
  std::deque<Open> open_;  // the latest used first
};

Result<DebugInfo>& Server::info_of(std::vector<base::Fd>& fds) {
  fds.resize(2);
  std::string identity = identity_of(fds[0]) + "+" + identity_of(fds[1]);
  for (size_t i = 0; i < open_.size(); ++i) {
    if (open_[i].identity != identity) continue;
    std::swap(open_[0], open_[i]);
    return open_[0].info;
  }
  if (open_.size() == kMostFiles) open_.pop_back();
  open_.push_front({identity, DebugInfo::open(std::move(fds[0]), std::move(fds[1]))});
  return open_.front().info;
}

bool Server::answer(base::Message& question) {
  auto addresses = symbols::decode_addresses(question.body);
  if (question.type != static_cast<uint32_t>(DwarfMessage::kAsk) || !addresses || question.fds.empty()) return false;
  std::string body;
  {
    NothingOpens confined;
    Clock::time_point end = Clock::now() + kEnoughWork;
    Result<DebugInfo>& info = info_of(question.fds);
    for (uint64_t address : *addresses) {
      symbols::encode_answer(info ? info->frames(address) : tl::unexpected(info.error()), body);
      if (body.size() > symbols::kEnoughAnswers || Clock::now() > end) break;
    }
  }
  return base::send_message(socket_, static_cast<uint32_t>(DwarfMessage::kFrames), body).has_value();
}

int Server::run() {
  for (;;) {
    pollfd asked{socket_, POLLIN, 0};
    int ready = ::poll(&asked, 1, kIdleMs);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return 0;
    auto question = base::receive_message(socket_, kMostWorkSeconds * 1000, symbols::kLastDwarfMessage);
    if (!question || !answer(*question) || std::clock() > kMostProcessor) return 0;
  }
}

}  // namespace

int serve(int socket) {
  ::prctl(PR_SET_DUMPABLE, 0);
  ::prctl(PR_SET_NAME, "sonde-dwarf");
  prepare_last_words(socket);
  int status = Server(socket).run();
  ::_exit(status);  // tearing down would only cost time
}

}  // namespace sonde::dwarf
