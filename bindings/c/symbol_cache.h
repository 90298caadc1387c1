// The names of one process, or of the kernel, also when the process has ended and its pid belongs to another one.
#pragma once

#include <cstdint>
#include <mutex>
#include <new>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "bpf/system/fork_listener.h"
#include "sonde/symbols.h"

namespace sonde::c {

// May be asked from any thread; what it names lives as long as the cache.
class SymbolCache : private bpf::ForkListener {
 public:
  explicit SymbolCache(int pid);

  int pid() const { return pid_; }
  Symbol resolve(uint64_t address, bool demangle);
  // The address of a function of a module, or with an empty name of any.
  Result<uint64_t> address_of(std::string_view module, std::string_view name);
  Result<std::vector<Frame>> frames(uint64_t address);

 private:
  static constexpr size_t kMostGenerations = 8;
  void after_fork() noexcept override { new (&mutex_) std::mutex; }
  Symbol resolve_elsewhere(uint64_t address, bool demangle, const Symbol& missed);
  bool is_another_process_now();

  int pid_;
  std::mutex mutex_;  // of all below
  base::Fd process_;
  int64_t next_look_ms_ = 0;
  std::vector<Symbols> generations_;  // of the processes that have had this pid; the last is the one that has it now
};

}  // namespace sonde::c
