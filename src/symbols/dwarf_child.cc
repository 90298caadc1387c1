#include "symbols/dwarf_child.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "base/helper_program.h"
#include "base/message.h"

namespace sonde::symbols {

namespace {

constexpr size_t kMostStrikes = 64;
constexpr int kPatience = 2;                      // ends of the child that a file may cause
constexpr std::chrono::seconds kForgiveness{60};  // after which it may again
constexpr uint64_t kCpuSeconds = 600;             // of one child, over all files

Result<base::Executable> find_reader() {
  return base::find_helper_program(
      {"sonde-dwarf", "SONDE_DWARF", "the reader of DWARF", "SONDE_DWARF=/path/to/sonde-dwarf says where it is"});
}

base::ChildOptions child_options() {
  base::ChildOptions options{.arguments = {"sonde-dwarf", "--serve", std::to_string(base::kChildSocket)},
                             .environment = {},
                             .address_space = base::generous_memory(),
                             .cpu_seconds = kCpuSeconds,
                             .detached = true};
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) options.environment.push_back(fmt::format("{}={}", name, value));
  }
  return options;
}

Error timed_out() {
  auto seconds = std::chrono::duration<double>(DwarfChild::kLimit).count();
  return {ErrorKind::kTimeout, fmt::format("its DWARF gave no answer within {} s", seconds)};
}

// What went wrong between us, as the user should see it.
Error explain(const Error& error) {
  if (error.kind == ErrorKind::kTimeout || error.code == EAGAIN) return timed_out();
  if (error.kind == ErrorKind::kNotFound)
    return {ErrorKind::kFailed, "the reader of DWARF ended before it gave an answer"};
  return base::in_context("the reader of DWARF", error);
}

}  // namespace

DwarfChild& DwarfChild::ours() {
  struct Owner {
    pid_t pid;
    DwarfChild child;
  };
  static std::atomic<Owner*> current{nullptr};
  Owner* owner = current.load(std::memory_order_acquire);
  while (!owner || owner->pid != ::getpid()) {
    // The one from before a fork stays as it is: its lock may be held by a thread that is not here, its child is
    // another's.
    auto fresh = std::make_unique<Owner>(::getpid());
    if (current.compare_exchange_strong(owner, fresh.get(), std::memory_order_acq_rel)) owner = fresh.release();
  }
  return owner->child;
}

pid_t DwarfChild::pid() {
  std::lock_guard lock(turn_);
  return process_ ? process_->pid() : -1;
}

void DwarfChild::end() {
  socket_.reset();
  process_.reset();
}

Status DwarfChild::start() {
  ASSIGN_OR_RETURN(base::Executable reader, find_reader());
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return base::fail_errno(errno, "cannot make a socket pair");
  socket_.reset(sockets[0]);
  base::Fd theirs(sockets[1]), silence(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  timeval limit{kLimit.count() / 1000, kLimit.count() % 1000 * 1000};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  auto started = base::ChildProcess::start(reader.fd.get(), child_options(), theirs.get(), silence.get());
  if (!started)
    return tl::unexpected(
        base::in_context(fmt::format("cannot start the reader of DWARF {}", reader.path), std::move(started).error()));
  process_.emplace(std::move(*started));
  return {};
}

Result<std::vector<FramesResult>> DwarfChild::converse(const DwarfFile& file, const uint64_t* addresses, size_t count) {
  std::vector<int> fds{file.fd};
  if (file.shared_fd >= 0) fds.push_back(file.shared_fd);
  uint32_t type = static_cast<uint32_t>(DwarfMessage::kAsk);
  RETURN_IF_ERROR(base::send_message(socket_.get(), type, encode_addresses(addresses, count), fds));
  ASSIGN_OR_RETURN(base::Message answer,
                   base::receive_message(socket_.get(), static_cast<int>(kLimit.count()), kLastDwarfMessage));
  if (answer.type == static_cast<uint32_t>(DwarfMessage::kFrames)) return decode_answers(answer.body, count);
  return base::fail(ErrorKind::kFailed, answer.body.substr(0, 100));
}

// A child that has been there already may have ended meanwhile, being idle: then it is asked once more, of a new one.
Result<std::vector<FramesResult>> DwarfChild::ask_some(const DwarfFile& file, const uint64_t* addresses, size_t count) {
  bool was_there = process_.has_value();
  if (!was_there) RETURN_IF_ERROR(start());
  auto answers = converse(file, addresses, count);
  if (answers) return answers;
  end();
  if (was_there && answers.error().kind == ErrorKind::kNotFound) return ask_some(file, addresses, count);
  Error error = explain(answers.error());
  remember(file.identity, error);
  return tl::unexpected(std::move(error));
}

DwarfChild::Strike* DwarfChild::strikes_of(const std::string& identity) {
  auto found =
      std::find_if(strikes_.begin(), strikes_.end(), [&](const Strike& each) { return each.identity == identity; });
  return found == strikes_.end() ? nullptr : &*found;
}

void DwarfChild::remember(const std::string& identity, const Error& why) {
  Strike* strike = strikes_of(identity);
  if (!strike) {
    if (strikes_.size() == kMostStrikes) strikes_.pop_front();
    strike = &strikes_.emplace_back(Strike{identity, 0, {}, {}});
  }
  if (Clock::now() - strike->last > kForgiveness) strike->count = 0;
  ++strike->count;
  strike->last = Clock::now();
  strike->why = why;
}

std::vector<FramesResult> DwarfChild::ask(const DwarfFile& file, const std::vector<uint64_t>& addresses) {
  std::lock_guard lock(turn_);
  std::vector<FramesResult> all;
  while (all.size() < addresses.size()) {
    Strike* strike = strikes_of(file.identity);
    bool given_up = strike && strike->count >= kPatience && Clock::now() - strike->last < kForgiveness;
    size_t count = std::min(addresses.size() - all.size(), kMaxAddresses);
    auto answers = given_up ? tl::unexpected(strike->why) : ask_some(file, addresses.data() + all.size(), count);
    if (!answers) {
      all.resize(given_up ? addresses.size() : all.size() + 1, tl::unexpected(answers.error()));
    } else {
      std::move(answers->begin(), answers->end(), std::back_inserter(all));
    }
  }
  return all;
}

}  // namespace sonde::symbols
