// The reader of a perf event array: one ring of records per CPU, read in place.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "bpf/events/loss_watch.h"
#include "bpf/events/poll_budget.h"
#include "bpf/events/read_position.h"
#include "bpf/events/reader_lock.h"
#include "bpf/system/fork_listener.h"
#include "bpf/system/mapping.h"

namespace sonde::bpf {

class PerfBuffer : private ForkListener {
 public:
  // `data` is aligned to 4 bytes, no more, and `size` rounded up as the kernel does: up to 7 bytes more than were sent.
  using OnEvent = std::function<void(int cpu, const void* data, uint32_t size)>;
  using OnLost = std::function<void(int cpu, uint64_t count)>;

  // Opens a ring of `pages` pages on each of the CPUs and puts it in the map. wakeup_events: how many events on a CPU
  // wake a reader that waits.
  static Result<std::unique_ptr<PerfBuffer>> open(const std::string& map_name, int map_fd, const std::vector<int>& cpus,
                                                  unsigned pages, unsigned wakeup_events, OnEvent on_event,
                                                  OnLost on_lost);

  std::vector<int> fds() const;  // to wait for with epoll
  bool has_cpu(int cpu) const;
  // An error in a child of fork() that could not map the rings again, as all that follows then must not be called.
  Status usable() const;
  bool has_data() const;
  // Reads what was there at the start of each ring's turn, or less when `budget` is over. Gives the number of events. A
  // process and its children share the rings: each record goes to one of them.
  int consume(PollBudget& budget);

  // Events that the kernel had no room for: exact from Linux 6.0 on, before that those that it has told of so far. The
  // kernel tells in the ring itself, with the next event that finds room.
  uint64_t lost() const;
  // Calls on_lost for losses that the kernel may not tell of for long: no further event may come. Costs little when
  // there is no reason to believe in any.
  void tell_lost(bool idle);

 private:
  struct Ring {
    int cpu = 0;
    base::Fd event;
    Mapping mapping;
    uint64_t recorded_lost = 0;  // what the kernel's records say
    uint64_t told_lost = 0;      // what on_lost was called for
    LossWatch watch;
    std::vector<char> scratch;  // for a record that wraps around the end
  };
  PerfBuffer(std::string name, ReaderLock lock) : name_(std::move(name)), lock_(std::move(lock)) {}
  void after_fork() noexcept override;
  Status open_ring(int map_fd, int cpu, unsigned wakeup_events);
  int consume_ring(Ring& ring, PollBudget& budget);
  const void* whole_record(Ring& ring, uint64_t at) const;
  bool handle(Ring& ring, const void* record);  // true: it was an event
  void tell(Ring& ring, uint64_t lost);         // `lost` so far
  uint64_t lost_of(const Ring& ring) const;

  std::string name_;  // of the map
  ReaderLock lock_;
  bool unmapped_ = false;  // by fork()
  size_t data_size_ = 0;
  bool counts_lost_ = false;  // the kernel counts them, and read(2) tells
  size_t first_ = 0;          // the ring whose turn comes first, so that none is always last
  std::vector<Ring> rings_;
  OnEvent on_event_;
  OnLost on_lost_;
};

}  // namespace sonde::bpf
