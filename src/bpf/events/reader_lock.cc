#include "bpf/events/reader_lock.h"

#include <sys/mman.h>

#include <cerrno>
#include <utility>

namespace sonde::bpf {

Result<ReaderLock> ReaderLock::make() {
  void* memory = ::mmap(nullptr, sizeof(pthread_mutex_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return base::fail_errno(errno, "cannot map memory for a buffer's lock");
  auto* mutex = static_cast<pthread_mutex_t*>(memory);
  pthread_mutexattr_t kind;
  ::pthread_mutexattr_init(&kind);
  ::pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
  ::pthread_mutex_init(mutex, &kind);
  ::pthread_mutexattr_destroy(&kind);
  return ReaderLock(mutex);
}

ReaderLock::ReaderLock(ReaderLock&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}

ReaderLock& ReaderLock::operator=(ReaderLock&& other) noexcept {
  std::swap(mutex_, other.mutex_);
  return *this;
}

// The mutex itself is not destroyed: other processes may use it.
ReaderLock::~ReaderLock() {
  if (mutex_) ::munmap(mutex_, sizeof(pthread_mutex_t));
}

bool ReaderLock::try_lock() {
  int code = ::pthread_mutex_trylock(mutex_);
  if (code == EOWNERDEAD) ::pthread_mutex_consistent(mutex_);
  return code == 0 || code == EOWNERDEAD;
}

// In a child that was forked inside a callback the lock is still the parent's: the C library refuses, and that is
// right.
void ReaderLock::unlock() { ::pthread_mutex_unlock(mutex_); }

}  // namespace sonde::bpf
