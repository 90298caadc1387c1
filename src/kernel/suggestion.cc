// The name that was meant: the existing one with the fewest letters to change.
#include "kernel/suggestion.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>

namespace sonde::kernel {

unsigned edit_distance(std::string_view a, std::string_view b, unsigned limit) {
  size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit) return limit + 1;
  std::vector<unsigned> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); j++) above[j] = static_cast<unsigned>(j);
  for (size_t i = 1; i <= a.size(); i++) {
    row[0] = static_cast<unsigned>(i);
    for (size_t j = 1; j <= b.size(); j++) {
      unsigned change = above[j - 1] + (a[i - 1] != b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    if (*std::min_element(row.begin(), row.end()) > limit) return limit + 1;
    before.swap(above);
    above.swap(row);
  }
  return std::min(above[b.size()], limit + 1);
}

namespace {

// A third of the letters may differ, and never more than five.
unsigned limit_for(std::string_view wanted) {
  return std::clamp<unsigned>(static_cast<unsigned>(wanted.size()) / 3, 1, 5);
}

}  // namespace

Suggestion::Suggestion(std::string_view wanted) : wanted_(wanted), limit_(limit_for(wanted)) {}

void Suggestion::offer(std::string_view name) {
  if (limit_ == 0 || name == wanted_) return;
  unsigned distance = edit_distance(wanted_, name, limit_);
  // Of equally near names the shortest, then the first in the alphabet: the answer must not depend on the order of
  // offers.
  bool tie = !best_.empty() && distance == limit_ &&
             (name.size() < best_.size() || (name.size() == best_.size() && name < best_));
  if (distance < limit_ || (distance == limit_ && best_.empty()) || tie) {
    best_ = name;
    limit_ = distance;
  }
}

Suggestions::Suggestions(std::string_view wanted, size_t count)
    : wanted_(wanted), count_(count), limit_(limit_for(wanted)) {}

void Suggestions::offer(std::string_view name) {
  unsigned distance = edit_distance(wanted_, name, limit_);
  if (distance == 0 || distance > limit_) return;
  best_.emplace(distance, name.size(), name);
  if (best_.size() <= count_) return;
  best_.erase(std::prev(best_.end()));
  limit_ = std::get<0>(*best_.rbegin());
}

std::vector<std::string> Suggestions::best() const {
  std::vector<std::string> names;
  for (const auto& [distance, length, name] : best_) names.push_back(name);
  return names;
}

std::string suggestion_phrase(const std::string& best) {
  return best.empty() ? "" : fmt::format("; nearest: {}", best);
}

}  // namespace sonde::kernel
