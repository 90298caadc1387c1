// What libbcc calls a module: a session, as long as somebody has it open.
#pragma once

#include <mutex>
#include <new>

#include "bpf/system/fork_listener.h"
#include "sonde/session.h"

namespace sonde::c {

// C's functions ask from any thread, and the owner of the session may close it meanwhile.
class Module : private bpf::ForkListener {
 public:
  explicit Module(Session& session) : session_(&session) {}

  // After this nobody is told anything of the session.
  void close() {
    std::lock_guard lock(mutex_);
    session_ = nullptr;
  }

  // What `question` gives for the session, `otherwise` when it is closed.
  template <typename Answer, typename Question>
  Answer ask(Answer otherwise, Question question) {
    std::lock_guard lock(mutex_);
    return session_ ? static_cast<Answer>(question(*session_)) : otherwise;
  }

 private:
  void after_fork() noexcept override { new (&mutex_) std::mutex; }

  std::mutex mutex_;
  Session* session_;
};

}  // namespace sonde::c
