#include "bpf/system/fork_listener.h"

#include <pthread.h>

#include <mutex>
#include <utility>

namespace sonde::bpf {

struct ForkListeners {
  std::mutex mutex;  // held during fork(), so that the child finds the list whole
  ForkListener* first = nullptr;
  unsigned generation = 0;

  void add(ForkListener& listener) {
    std::lock_guard lock(mutex);
    listener.next_ = std::exchange(first, &listener);
    if (listener.next_) listener.next_->before_ = &listener;
  }
  void remove(ForkListener& listener) {
    std::lock_guard lock(mutex);
    (listener.before_ ? listener.before_->next_ : first) = listener.next_;
    if (listener.next_) listener.next_->before_ = listener.before_;
  }
  void tell() {
    generation++;
    for (ForkListener* each = first; each; each = each->next_) each->after_fork();
  }
};

namespace {

ForkListeners* make_listeners();

// Never destroyed: sessions may end after main() has.
ForkListeners& listeners() {
  static ForkListeners* listeners = make_listeners();
  return *listeners;
}

ForkListeners* make_listeners() {
  ::pthread_atfork([] { listeners().mutex.lock(); }, [] { listeners().mutex.unlock(); },
                   [] {
                     listeners().tell();
                     listeners().mutex.unlock();
                   });
  return new ForkListeners;
}

}  // namespace

ForkListener::ForkListener() { listeners().add(*this); }
ForkListener::~ForkListener() { listeners().remove(*this); }

unsigned fork_generation() { return listeners().generation; }

}  // namespace sonde::bpf
