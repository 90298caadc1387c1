// Tells objects that they are in the child of a fork(), where some of what they hold was not copied or is now shared.
#pragma once

namespace sonde::bpf {

class ForkListener {
 public:
  ForkListener();
  ForkListener(const ForkListener&) = delete;
  ForkListener& operator=(const ForkListener&) = delete;
  virtual ~ForkListener();

  // Called in the child, in the thread that forked (the only one there), before fork() returns. Other threads of the
  // parent may have held any lock at that moment, so an implementation makes system calls and changes its own members;
  // it allocates nothing.
  virtual void after_fork() noexcept = 0;

 private:
  friend struct ForkListeners;
  ForkListener* before_ = nullptr;
  ForkListener* next_ = nullptr;
};

// Differs between a process and its children.
unsigned fork_generation();

}  // namespace sonde::bpf
