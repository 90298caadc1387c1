// How far a ring that is shared with the kernel has been read, and when the room is given back.
#pragma once

#include <cstdint>

#include "bpf/events/loss_watch.h"
#include "bpf/system/fork_listener.h"

namespace sonde::bpf {

// Room is given back in quarters: often enough for the kernel, seldom enough for its cache line. What is left is given
// back at the end of the scope, however that is reached: a record that was handed out is never handed out again. A
// child that was forked inside the scope gives nothing back: the position is its parent's, who goes on.
class ReadPosition {
 public:
  ReadPosition(const uint64_t* written, uint64_t* read, uint64_t size, LossWatch& watch)
      : written_(written), read_(read), size_(size), watch_(watch), at_(*read), given_back_(at_), began_at_(at_) {}
  ReadPosition(const ReadPosition&) = delete;
  ReadPosition& operator=(const ReadPosition&) = delete;
  ~ReadPosition() {
    if (at_ != given_back_) give_back();
  }

  uint64_t at() const { return at_; }
  bool moved() const { return at_ != began_at_; }
  // The record here is about to be handed out: its bytes stay until the next call.
  void take(uint64_t bytes) {
    if (at_ - given_back_ >= size_ / 4) give_back();
    at_ += bytes;
  }

 private:
  void give_back() {
    if (fork_generation() != generation_) return;
    watch_.saw(__atomic_load_n(written_, __ATOMIC_ACQUIRE) - given_back_, size_);
    __atomic_store_n(read_, at_, __ATOMIC_RELEASE);
    given_back_ = at_;
  }

  const uint64_t* written_;
  uint64_t* read_;
  uint64_t size_;
  LossWatch& watch_;
  uint64_t at_;
  uint64_t given_back_;
  uint64_t began_at_;
  unsigned generation_ = fork_generation();
};

}  // namespace sonde::bpf
