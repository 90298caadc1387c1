#include "c/symbol_cache.h"

#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace sonde::c {
namespace {

base::Fd open_process(int pid) { return base::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

bool has_ended(const base::Fd& process) {
  pollfd look{process.get(), POLLIN, 0};
  return !process.valid() || ::poll(&look, 1, 0) == 1;
}

int64_t coarse_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

SymbolCache::SymbolCache(int pid) : pid_(pid < 0 ? -1 : pid), process_(pid < 0 ? base::Fd() : open_process(pid)) {
  generations_.push_back(pid < 0 ? Symbols::of_kernel() : Symbols::of_process(pid));
}

Symbol SymbolCache::resolve(uint64_t address, bool demangle) {
  std::lock_guard lock(mutex_);
  Symbol found = generations_.back().resolve(address, demangle);
  if (!found.name.empty() || pid_ < 0) return found;
  return resolve_elsewhere(address, demangle, found);
}

// Scripts keep on asking by pid alone, when the process has ended and when its pid belongs to another one.
Symbol SymbolCache::resolve_elsewhere(uint64_t address, bool demangle, const Symbol& missed) {
  Symbol found = missed;
  if (is_another_process_now()) found = generations_.back().resolve(address, demangle);
  for (size_t i = generations_.size() - 1; found.name.empty() && i-- > 0;) {
    Symbol older = generations_[i].resolve(address, demangle);
    if (!older.name.empty()) return older;
  }
  return found;
}

bool SymbolCache::is_another_process_now() {
  int64_t now_ms = coarse_ms();
  if (now_ms < next_look_ms_) return false;
  next_look_ms_ = now_ms + 100;
  if (!has_ended(process_) || generations_.size() == kMostGenerations) return false;
  base::Fd next = open_process(pid_);
  if (has_ended(next)) return false;
  process_ = std::move(next);
  generations_.push_back(Symbols::of_process(pid_));
  return true;
}

Result<uint64_t> SymbolCache::address_of(std::string_view module, std::string_view name) {
  std::lock_guard lock(mutex_);
  return generations_.back().address_of(pid_ < 0 ? std::string_view() : module, name);
}

Result<std::vector<Frame>> SymbolCache::frames(uint64_t address) {
  std::unique_lock lock(mutex_);
  Symbols symbols = generations_.back();
  lock.unlock();  // frames() asks another program: others go on meanwhile
  return symbols.frames(address);
}

}  // namespace sonde::c
