// Between clone and exec the child shares our memory while we stand still (as posix_spawn does it: copying the page
// tables of a large Python process would cost milliseconds), so it calls nothing but the kernel: no allocation, no
// lock, and none of the C library's set*id, which would change our threads too.
#include "base/child_process.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

namespace sonde::base {

namespace {

constexpr uid_t kNobody = 65534;
constexpr int kExecutable = kChildSocket + 1;
constexpr size_t kStackSize = 64u << 10;
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kLimitMemory = false;  // the sanitizer's shadow alone takes terabytes of addresses
#else
constexpr bool kLimitMemory = true;
#endif

// All that the child needs, ready before it starts, and what it says when it fails.
struct Launch {
  int executable, socket, output, null;
  char* const* arguments;
  char* const* environment;
  rlim_t address_space, cpu_seconds;
  pid_t parent;
  bool as_root, detached;
  int pidfd = -1;
  int error = 0;
  const char* step = nullptr;
};

bool failed(Launch& launch, const char* step) {
  launch.error = errno;
  launch.step = step;
  return false;
}

// The child's descriptors 0 to 4; everything else is closed.
bool arrange_descriptors(Launch& launch) {
  const int wanted[] = {launch.null, launch.output, launch.output, launch.socket, launch.executable};
  int high[5];
  for (int i = 0; i < 5; ++i) {  // out of the way first, so that none is overwritten before it is moved
    high[i] = ::fcntl(wanted[i], F_DUPFD, kExecutable + 1);
    if (high[i] < 0) return failed(launch, "duplicate descriptors");
  }
  for (int i = 0; i < 5; ++i) {
    if (::dup2(high[i], i) < 0) return failed(launch, "duplicate descriptors");
  }
  if (::syscall(SYS_close_range, kExecutable + 1, UINT_MAX, 0) == 0) return true;
  rlimit open_files{};  // before Linux 5.9
  ::getrlimit(RLIMIT_NOFILE, &open_files);
  int end = static_cast<int>(open_files.rlim_cur < 65536 ? open_files.rlim_cur : 65536);
  for (int fd = kExecutable + 1; fd < end; ++fd) ::close(fd);
  return true;
}

bool limit(int resource, rlim_t value) {
  rlimit both{value, value};
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &now) == 0 && now.rlim_max < value)
    both = {now.rlim_max, now.rlim_max};
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0;
}

bool set_limits(Launch& launch) {
  bool set = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0);
  if (kLimitMemory) set = set && limit(RLIMIT_AS, launch.address_space);
  if (launch.cpu_seconds) set = set && limit(RLIMIT_CPU, launch.cpu_seconds);
  return set || failed(launch, "set limits");
}

// Root becomes nobody. Where that user does not exist (a container with few users) the capabilities go all the same.
bool drop_privileges(Launch& launch) {
  if (launch.as_root) {
    ::syscall(SYS_setgroups, 0, nullptr);
    ::syscall(SYS_setresgid, kNobody, kNobody, kNobody);
    ::syscall(SYS_setresuid, kNobody, kNobody, kNobody);
  }
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (::syscall(SYS_capset, &header, none) != 0) return failed(launch, "drop capabilities");
  // Also keeps exec from giving capabilities back to a root that could not become nobody.
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed(launch, "give up privileges");
  return true;
}

void default_signals() {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < 65; ++signal) ::sigaction(signal, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

int run_child(void* argument) {
  Launch& launch = *static_cast<Launch*>(argument);
  ::setsid();
  bool ready = arrange_descriptors(launch) && ::chdir("/") == 0 && set_limits(launch) && drop_privileges(launch);
  if (!launch.detached) ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // after the change of user, which clears it
  if (!ready || (!launch.detached && ::getppid() != launch.parent)) ::_exit(127);
  default_signals();
  ::syscall(SYS_execveat, kExecutable, "", launch.arguments, launch.environment, AT_EMPTY_PATH);
  failed(launch, "run it");
  ::_exit(127);
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const std::string& text : strings) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// No signal handler of ours may run in the child while it shares our memory.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

// A change of user makes the memory it happens in undumpable: ours, while the child shares it. That is wanted meanwhile
// (no process of nobody may reach into it) and undone afterwards.
class DumpableKept {
 public:
  DumpableKept() : before_(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)) {}
  ~DumpableKept() {
    if (before_ == 1) ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  }

 private:
  int before_;
};

class Stack {
 public:
  char* top() const {
    return reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(bytes_.get()) + kStackSize) & ~uintptr_t{63});
  }

 private:
  std::unique_ptr<char[]> bytes_{new char[kStackSize]};
};

// The process between us and a detached child: it ends at once, and the child falls to init. It shares our descriptors,
// so that the child's is ours. What it shares of memory it leaves alone.
struct Between {
  Launch& launch;
  char* stack;
  pid_t pid = -1;
  int error = 0;
};

int run_between(void* argument) {
  Between& between = *static_cast<Between*>(argument);
  between.pid = ::clone(run_child, between.stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &between.launch,
                        &between.launch.pidfd);
  between.error = errno;
  ::_exit(0);
}

pid_t clone_detached(Launch& launch, const Stack& stack) {
  Stack childs;
  Between between{launch, childs.top()};
  // Without a signal for its end no one here who waits for any child gets to see it.
  pid_t pid = ::clone(run_between, stack.top(), CLONE_VM | CLONE_VFORK | CLONE_FILES, &between);
  if (pid < 0) return pid;
  while (::waitpid(pid, nullptr, __WCLONE) < 0 && errno == EINTR) continue;
  errno = between.error;
  return between.pid;
}

pid_t clone_child(Launch& launch) {
  Stack stack;
  AllSignalsBlocked blocked;
  DumpableKept dumpable;
  if (launch.detached) return clone_detached(launch, stack);
  return ::clone(run_child, stack.top(), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &launch, &launch.pidfd);
}

}  // namespace

Result<ChildProcess> ChildProcess::start(int executable, const ChildOptions& options, int socket, int output) {
  Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null.valid()) return fail_errno(errno, "cannot open /dev/null");
  std::vector<char*> arguments = pointers(options.arguments);
  std::vector<char*> environment = pointers(options.environment);
  Launch launch{executable,
                socket,
                output,
                null.get(),
                arguments.data(),
                environment.data(),
                options.address_space,
                options.cpu_seconds,
                ::getpid(),
                ::geteuid() == 0,
                options.detached};
  pid_t pid = clone_child(launch);
  if (pid < 0) return fail_errno(errno, "cannot start a process");
  ChildProcess child(pid, Fd(launch.pidfd));
  if (launch.step) return fail_errno(launch.error, fmt::format("the child could not {}", launch.step));
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  kill();
  wait(std::chrono::milliseconds(-1));
}

void ChildProcess::release() {
  pid_ = -1;
  pidfd_.reset();
}

// By descriptor: the number may belong to another process when someone else has reaped ours.
void ChildProcess::kill() { ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0); }

ChildProcess::End ChildProcess::wait(std::chrono::milliseconds limit) {
  if (pid_ < 0) return {};
  pollfd ended{pidfd_.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&ended, 1, static_cast<int>(limit.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) kill();
  siginfo_t info{};
  int got = 0;
  do {
    got = ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd_.get()), &info, WEXITED);
  } while (got < 0 && errno == EINTR);
  pid_ = -1;
  if (got < 0) return {};  // ECHILD: SIGCHLD is ignored here, or another thread waits for any child
  return {true, info.si_code != CLD_EXITED, info.si_status};
}

uint64_t generous_memory() {
  uint64_t half = static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)) / 2;
  return std::clamp<uint64_t>(half, 1ull << 30, 4ull << 30);
}

std::string describe(const ChildProcess::End& end) {
  if (!end.known) return "ended before its work was done";
  if (!end.by_signal) return fmt::format("ended with status {}", end.code);
  const char* name = ::sigabbrev_np(end.code);
  const char* text = ::sigdescr_np(end.code);
  return fmt::format("died of SIG{} ({})", name ? name : std::to_string(end.code), text ? text : "a signal");
}

}  // namespace sonde::base
