// What the user chose on the command line.
#include "frame/choices.h"

#include <algorithm>

#include "frame/value_text.h"

namespace sonde::frame {

bool Choices::on(const std::string& option) const {
  auto found = values.find(option);
  if (found == values.end() && option == kProcessCondition) return filter.pid != 0;
  if (found == values.end() && option == kThreadCondition) return filter.tid != 0;
  if (found == values.end() && option == kFollowCondition) return filter.follows_children;
  return found != values.end() && std::any_of(found->second.begin(), found->second.end(), [](char byte) { return byte != 0; });
}

bool Choices::hold(const Conditions& conditions) const {
  return std::all_of(conditions.begin(), conditions.end(), [this](const Condition& each) { return on(each.option) == each.wanted; });
}

uint64_t Choices::number(const std::string& option) const {
  auto found = values.find(option);
  return found == values.end() ? 0 : unsigned_at(found->second, std::min<size_t>(found->second.size(), 8));
}

}  // namespace sonde::frame
