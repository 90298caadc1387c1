// The existing name that a misspelled one most likely means: the one with the fewest letters to change.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

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

// The same, but the nearest few.
class Suggestions {
 public:
  explicit Suggestions(std::string_view wanted, size_t count = 3);
  void offer(std::string_view name);
  // The nearest first; empty when nothing is near enough to be a help.
  std::vector<std::string> best() const;

 private:
  std::string wanted_;
  size_t count_;
  unsigned limit_;
  std::set<std::tuple<unsigned, size_t, std::string>> best_;  // distance, length, name
};

// "; nearest: vfs_read", or "".
std::string suggestion_phrase(const std::string& best);

}  // namespace sonde::kernel
