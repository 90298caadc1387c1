// Names that a user asks for: one, or all that a wildcard or a regular expression matches.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/place.h"
#include "probes/regex.h"

namespace sonde::probes {

class Pattern {
 public:
  // kWildcard: `*`, `?`, `[a-z]` and `[!a]`, as fnmatch(3) has them.
  enum class Kind { kExact, kWildcard, kRegex };

  static Pattern exact(std::string name);
  static Pattern wildcard(std::string pattern);
  static Parsed<Pattern> regex(const Slice& text);
  // Without -r. What is neither a name nor a wildcard is what BCC makes of it: a regular expression in which `*` stands
  // for `.*`, as in "vfs_(read|write)*".
  static Parsed<Pattern> plain(const Slice& text);

  Kind kind() const { return kind_; }
  const std::string& text() const { return text_; }
  // Of the whole name. In time that is bounded by the product of both lengths.
  bool matches(std::string_view name) const;
  // Those of `names` that match, in their order; `names` are sorted by bytes.
  std::vector<std::string> select(std::span<const std::string> names) const;

 private:
  Kind kind_ = Kind::kExact;
  std::string text_;
  std::shared_ptr<const Regex> regex_;
};

// fnmatch(3) without its flags.
bool matches_wildcard(std::string_view pattern, std::string_view name);

}  // namespace sonde::probes
