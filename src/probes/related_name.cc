#include "probes/related_name.h"

namespace sonde::probes {
namespace {

constexpr size_t kShortest = 4;  // letters that say something: "do" begins thousands of names

void keep_shortest(std::string& kept, std::string_view name) {
  bool better = kept.empty() || name.size() < kept.size() || (name.size() == kept.size() && name < kept);
  if (better) kept = name;
}

}  // namespace

void RelatedName::offer(std::string_view name) {
  nearest_.offer(name);
  if (wanted_.size() < kShortest || name.size() <= wanted_.size()) return;
  char behind = name[wanted_.size()];
  if (name.starts_with(wanted_) && (behind == '_' || behind == '.')) keep_shortest(longer_, name);
  char before = name[name.size() - wanted_.size() - 1];
  if (name.ends_with(wanted_) && (before == '_' || before == ':')) keep_shortest(containing_, name);
}

const std::string& RelatedName::best() const {
  if (!longer_.empty()) return longer_;
  return nearest_.best().empty() ? containing_ : nearest_.best();
}

std::string RelatedName::hint() const { return best().empty() ? "" : best() + " exists"; }

}  // namespace sonde::probes
