// The reader of a BPF ring buffer: one ring for all CPUs, read in place.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "base/result.h"
#include "bpf/events/loss_watch.h"
#include "bpf/events/poll_budget.h"
#include "bpf/events/read_position.h"
#include "bpf/events/reader_lock.h"
#include "bpf/system/mapping.h"

namespace sonde::bpf {

class RingBuffer {
 public:
  using OnEvent = std::function<int(const void* data, uint32_t size)>;

  static Result<RingBuffer> open(const std::string& map_name, int map_fd, uint32_t max_entries, OnEvent on_event);

  int fd() const { return fd_; }  // the map's: to wait for with epoll
  bool has_data() const;
  // Reads what was there at the start, or less when `budget` is over or the callback gives a negative number. Gives the
  // number of events. A process and its children share the ring: each record goes to one of them.
  int consume(PollBudget& budget);
  // Whether it is worth looking if the program found no room.
  LossWatch& watch() { return watch_; }

 private:
  explicit RingBuffer(ReaderLock lock) : lock_(std::move(lock)) {}

  ReaderLock lock_;
  int fd_ = -1;
  uint64_t mask_ = 0;
  Mapping consumer_;  // one page, ours to write: how far we have read
  Mapping producer_;  // one page and the data, twice in a row, so that no record wraps
  OnEvent on_event_;
  LossWatch watch_;
};

}  // namespace sonde::bpf
