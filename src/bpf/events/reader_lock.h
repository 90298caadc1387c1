// One reader at a time for a buffer that a process and its children share after fork(): two would hand out the same
// records, and read what the kernel is writing over.
#pragma once

#include <pthread.h>

#include "base/result.h"

namespace sonde::bpf {

class ReaderLock {
 public:
  static Result<ReaderLock> make();
  ReaderLock(ReaderLock&& other) noexcept;
  ReaderLock& operator=(ReaderLock&& other) noexcept;
  ~ReaderLock();

  class Scope {
   public:
    explicit Scope(ReaderLock& lock) : lock_(lock), holds_(lock.try_lock()) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() {
      if (holds_) lock_.unlock();
    }
    bool holds() const { return holds_; }  // false: another process reads

   private:
    ReaderLock& lock_;
    bool holds_;
  };

 private:
  explicit ReaderLock(pthread_mutex_t* mutex) : mutex_(mutex) {}
  bool try_lock();  // takes over from a process that ended while it read
  void unlock();

  pthread_mutex_t* mutex_;  // in memory that children share
};

}  // namespace sonde::bpf
