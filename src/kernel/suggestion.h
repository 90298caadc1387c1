// The existing name that a misspelled one most likely means: the one with the fewest letters to change.
#pragma once

#include <string>
#include <string_view>

namespace sonde::kernel {

// Letters to insert, drop, change or swap with their neighbour to make one of the other; `limit` + 1 when it is more
// than `limit`.
unsigned edit_distance(std::string_view a, std::string_view b, unsigned limit);

// Offer it every existing name; ask for the best.
class Suggestion {
 public:
  explicit Suggestion(std::string_view wanted);
  void offer(std::string_view name);
  // Empty when nothing is near enough to be a help.
  const std::string& best() const { return best_; }

 private:
  std::string wanted_;
  std::string best_;
  unsigned limit_;
};

// "; nearest: vfs_read", or "".
std::string suggestion_phrase(const std::string& best);

}  // namespace sonde::kernel
