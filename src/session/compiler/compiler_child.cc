#include "session/compiler/compiler_child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "base/child_process.h"
#include "session/compiler/include_files.h"
#include "session/compiler/usdt_request.h"

namespace sonde::session {

namespace {

using Clock = std::chrono::steady_clock;
using base::ChildProcess;
using spec::Frame;
using spec::FrameType;
using std::chrono::milliseconds;

constexpr size_t kMaxText = 64u << 20;    // of diagnostics and debug output
constexpr size_t kErrorTail = 4096;       // of what the child says on standard error
constexpr milliseconds kStep{100};        // how long a signal may go unnoticed
constexpr milliseconds kLastWords{1000};  // to end by itself once it has closed its socket
constexpr const char* kOurFault =
    "this is a fault of sonde-cc, not of your program; please report it with the program's text";

class Conversation {
 public:
  Conversation(const spec::Request& request, const Patience& patience)
      : request_(request),
        files_(request),
        timeout_(patience.timeout),
        interrupted_(patience.interrupted),
        end_(Clock::now() + timeout_) {}

  Result<Compilation> run(const base::Executable& compiler);

 private:
  Status open_channels();
  Result<ChildProcess> start(const base::Executable& compiler);
  Status exchange();
  bool is_interrupted();
  Status wait_for_frame();
  Status handle(Frame frame);
  Status send(FrameType type, const std::string& body);
  Status answer_file(const std::string& path);
  Status answer_tracepoint(const std::string& name);
  Status answer_usdt(const std::string& program_and_probe);
  Status add_text(std::string& to, const std::string& text);
  void drain_errors();
  int left_ms() const;
  Error explain(Error error, ChildProcess& child);
  Error timed_out() const;
  Error out_of_memory() const;
  std::string last_words() const;
  Result<Compilation> result();

  const spec::Request& request_;
  IncludeFiles files_;
  milliseconds timeout_;
  const std::function<bool()>& interrupted_;
  Clock::time_point end_;
  Clock::time_point ask_at_ = Clock::now() + kStep;
  base::Fd socket_, childs_socket_, errors_, childs_output_;
  std::string error_tail_;
  std::string output_;
  bool ended_ = false;
  bool succeeded_ = false;
  Compilation made_;
};

Status Conversation::open_channels() {
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return base::fail_errno(errno, "cannot make a socket pair");
  socket_.reset(sockets[0]);
  childs_socket_.reset(sockets[1]);
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC | O_NONBLOCK) != 0) return base::fail_errno(errno, "cannot make a pipe");
  errors_.reset(pipe[0]);
  childs_output_.reset(pipe[1]);
  ::fcntl(childs_output_.get(), F_SETFL, 0);  // the child's end waits, as any standard error does
  return {};
}

Result<ChildProcess> Conversation::start(const base::Executable& compiler) {
  base::ChildOptions options{.arguments = {"sonde-cc", "--serve", std::to_string(base::kChildSocket)},
                             .environment = compiler_environment(),
                             .address_space = base::generous_memory()};
  if (timeout_.count() > 0) options.cpu_seconds = static_cast<uint64_t>(timeout_.count() / 1000 + 2);
  Result<ChildProcess> child =
      ChildProcess::start(compiler.fd.get(), options, childs_socket_.get(), childs_output_.get());
  childs_socket_.reset();
  childs_output_.reset();
  if (child) return child;
  Error error = base::in_context(fmt::format("cannot start the compiler {}", compiler.path), std::move(child).error());
  if (error.code == EACCES)
    error.hint = "every user must be allowed to run it, for it runs as nobody: chmod 755, and no noexec mount";
  if (error.code == ENOEXEC) error.hint = "it is not a program for this machine";
  return tl::unexpected(std::move(error));
}

int Conversation::left_ms() const {
  if (timeout_.count() <= 0) return -1;
  auto left = std::chrono::ceil<milliseconds>(end_ - Clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, INT32_MAX));
}

Error Conversation::timed_out() const {
  std::string limit = timeout_.count() % 1000 == 0 ? fmt::format("{} s", timeout_.count() / 1000)
                                                   : fmt::format("{} ms", timeout_.count());
  return Error{
      ErrorKind::kTimeout, fmt::format("the compiler did not finish within {}", limit), 0,
      "an endless #include or macro keeps it busy for ever; if the program is just large, allow it more seconds with "
      "SONDE_COMPILE_TIMEOUT=SECONDS in the environment (0: no limit), or --compile-timeout of sonde run and sonde cc"};
}

Error Conversation::out_of_memory() const {
  return Error{
      ErrorKind::kFailed,
      fmt::format("the compiler needs more than {} MB of memory for this program", base::generous_memory() >> 20),
      ENOMEM, "macros that double at every step, or very large initialised arrays, make programs explode"};
}

void Conversation::drain_errors() {
  char buffer[4096];
  ssize_t got;
  while ((got = ::read(errors_.get(), buffer, sizeof buffer)) > 0) {
    error_tail_.append(buffer, static_cast<size_t>(got));
    if (error_tail_.size() > 2 * kErrorTail) error_tail_.erase(0, error_tail_.size() - kErrorTail);
  }
  if (got == 0) errors_.reset();
}

// Not for each frame: in Python, an answer takes the interpreter's lock.
bool Conversation::is_interrupted() {
  Clock::time_point now = Clock::now();
  if (!interrupted_ || now < ask_at_) return false;
  ask_at_ = now + kStep;
  return interrupted_();
}

// Reads what the child says on standard error meanwhile, so that it never waits for us there.
Status Conversation::wait_for_frame() {
  for (;;) {
    pollfd fds[] = {{socket_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}};
    int left = left_ms(), step = static_cast<int>(kStep.count());
    int ready = ::poll(fds, 2, !interrupted_ ? left : left < 0 ? step : std::min(left, step));
    if (ready < 0 && errno == EINTR) ask_at_ = {};
    else if (ready < 0) return base::fail_errno(errno, "cannot wait for the compiler");
    if (ready > 0 && fds[1].revents) drain_errors();
    if (is_interrupted()) return base::fail_errno(EINTR, "interrupted while compiling");
    if (ready > 0 && fds[0].revents) return {};
    if (ready == 0 && left_ms() == 0) return tl::unexpected(timed_out());
  }
}

// Within the time limit too: a child that does not read must not hold us.
Status Conversation::send(FrameType type, const std::string& body) {
  int left = left_ms();
  timeval limit{left / 1000, std::max(left % 1000 * 1000, 1)};
  if (left >= 0) ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return spec::send_frame(socket_.get(), type, body);
}

Status Conversation::answer_file(const std::string& path) {
  std::optional<std::string> bytes = files_.read(path);
  if (path.starts_with('/')) made_.dependencies.add_path(path);
  return send(FrameType::kAnswer, bytes ? "y" + *bytes : "n");
}

Status Conversation::answer_tracepoint(const std::string& name) {
  std::string format = tracepoint_format(name);
  made_.dependencies.add_tracepoint(name, format);
  return send(FrameType::kAnswer, format);
}

// The file is a dependency whether or not it has the probe; one that is found nowhere has no path to watch.
Status Conversation::answer_usdt(const std::string& program_and_probe) {
  size_t end = program_and_probe.find('\0');
  if (end == std::string::npos) return base::fail(ErrorKind::kInvalid, "a question for a probe names no program");
  Result<usdt::Context> context =
      open_usdt_section(program_and_probe.substr(end + 1), program_and_probe.substr(0, end));
  if (!context) return send(FrameType::kAnswer, "n" + context.error().what);
  for (const auto& each : context->binaries) made_.dependencies.add_path(each.binary.path);
  spec::Request readers;
  const usdt::Context* one = &*context;
  if (Status added = add_usdt({&one, 1}, readers); !added) return send(FrameType::kAnswer, "n" + added.error().what);
  return send(FrameType::kAnswer, "y" + spec::to_json(readers));
}

Status Conversation::add_text(std::string& to, const std::string& text) {
  if (to.size() + text.size() > kMaxText) {
    return base::fail(ErrorKind::kFailed, fmt::format("the compiler said more than {} MB", kMaxText >> 20));
  }
  to += text;
  return {};
}

Status Conversation::handle(Frame frame) {
  switch (frame.type) {
    case FrameType::kAskTracepoint: return answer_tracepoint(frame.body);
    case FrameType::kAskFile: return answer_file(frame.body);
    case FrameType::kAskUsdt: return answer_usdt(frame.body);
    case FrameType::kDependency:
      if (frame.body.starts_with('/')) made_.dependencies.add_path(frame.body);
      return {};
    case FrameType::kDiagnostics: return add_text(made_.diagnostics, frame.body);
    case FrameType::kOutput: return add_text(output_, frame.body);
    case FrameType::kObject: made_.object = std::move(frame.body); return {};
    case FrameType::kEnd:
      ended_ = true;
      succeeded_ = frame.body == "ok";
      return {};
    case FrameType::kRequest:
    case FrameType::kAnswer: break;
  }
  return base::fail(ErrorKind::kInvalid, "a frame that is not the child's to send came");
}

Status Conversation::exchange() {
  RETURN_IF_ERROR(send(FrameType::kRequest, spec::to_json(request_)));
  while (!ended_) {
    RETURN_IF_ERROR(wait_for_frame());
    ASSIGN_OR_RETURN(Frame frame, spec::receive_frame(socket_.get(), left_ms()));
    RETURN_IF_ERROR(handle(std::move(frame)));
  }
  return {};
}

// What went wrong between us, as the user should see it.
Error Conversation::explain(Error error, ChildProcess& child) {
  if (error.kind == ErrorKind::kTimeout || error.code == EAGAIN) return timed_out();
  if (error.kind == ErrorKind::kInvalid)
    return Error{ErrorKind::kFailed, "the compiler sonde-cc talks nonsense: " + error.what, 0, kOurFault};
  if (error.kind != ErrorKind::kNotFound) return error;
  socket_.reset();
  ChildProcess::End end = child.wait(kLastWords);
  if (errors_.valid()) drain_errors();
  if (end.known && end.by_signal && end.code == SIGXCPU) return timed_out();
  if (end.by_signal && end.code == SIGABRT && error_tail_.find("out of memory") != std::string::npos)
    return out_of_memory();
  std::string what = fmt::format("the compiler sonde-cc {}", describe(end));
  if (!error_tail_.empty()) what += "; its last words: " + last_words();
  return Error{ErrorKind::kFailed, what, 0, kOurFault};
}

// On one line, the end of it.
std::string Conversation::last_words() const {
  std::string words;
  for (char c : error_tail_) words += c == '\n' ? " | " : std::string(1, c);
  while (words.ends_with(' ') || words.ends_with('|')) words.pop_back();
  return words.size() > kErrorTail ? words.substr(words.size() - kErrorTail) : words;
}

Result<Compilation> Conversation::result() {
  if (!succeeded_) {
    std::string what =
        made_.diagnostics.empty() ? "the compiler failed and did not say why" : std::move(made_.diagnostics);
    return base::fail(ErrorKind::kCompile, std::move(what));
  }
  if (made_.object.empty()) return base::fail(ErrorKind::kFailed, "the compiler sonde-cc made no object", kOurFault);
  made_.diagnostics += output_;
  return std::move(made_);
}

Result<Compilation> Conversation::run(const base::Executable& compiler) {
  RETURN_IF_ERROR(open_channels());
  ASSIGN_OR_RETURN(ChildProcess child, start(compiler));
  if (Status done = exchange(); !done) return tl::unexpected(explain(std::move(done).error(), child));
  return result();
}

}  // namespace

std::vector<std::string> compiler_environment() {
  std::vector<std::string> environment;
  for (const char* name :
       {"BCC_KERNEL_MODULES_SUFFIX", "BCC_KERNEL_SOURCE", "BCC_LINUX_VERSION_CODE", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment.push_back(fmt::format("{}={}", name, value));
  }
  return environment;
}

Result<Compilation> run_compiler(const base::Executable& compiler, const spec::Request& request,
                                 const Patience& patience) {
  return Conversation(request, patience).run(compiler);
}

}  // namespace sonde::session
