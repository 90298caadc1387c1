// The name that was meant: one with few letters changed, or else one that begins or ends with what was asked for.
#pragma once

#include <string>
#include <string_view>

#include "kernel/suggestion.h"

namespace sonde::probes {

// "tcp_drop" of an older kernel is "tcp_drop_reason" today, which no distance of letters finds; "read" may be vfs_read.
class RelatedName {
 public:
  explicit RelatedName(std::string_view wanted) : wanted_(wanted), nearest_(wanted) {}
  void offer(std::string_view name);
  // Empty when no name is near enough to be a help.
  const std::string& best() const;
  // "tcp_drop_reason exists", or "".
  std::string hint() const;

 private:
  std::string wanted_;
  kernel::Suggestion nearest_;
  std::string longer_, containing_;  // the shortest of each kind
};

}  // namespace sonde::probes
